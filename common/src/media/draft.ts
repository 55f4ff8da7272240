/**
 * What is left of a definition once every value of the wrong type is taken out: each part may be missing, so that the
 * rules can judge the rest and all findings come at once. Indices stay as they were.
 */
export type Draft<Value> = Value extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Draft<Value[Key]> | undefined }
    : Value;
