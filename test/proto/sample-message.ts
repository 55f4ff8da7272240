import fc from "fast-check";
import type { Field, Message } from "./read-protos.ts";

/** A message as plain values: camelCase fields, at most one of a oneof, absent where it may be. */
export type Plain = Readonly<Record<string, unknown>>;

const ENUM_VALUES = 8;

/** Values of every shape that a message can have. Numbers of 64 bits stay within what a double holds. */
export function sampleMessage(
  message: Message,
  messages: ReadonlyMap<string, Message>,
): fc.Arbitrary<Plain> {
  const single = message.fields.filter(({ oneof }) => oneof === null);
  const record = Object.fromEntries(
    single.map((field) => [field.name, sampleField(field, messages)]),
  );
  const messageFields = single.filter((field) => field.type === "TYPE_MESSAGE" && !field.repeated);
  const required = Object.keys(record).filter(
    (name) => !messageFields.some((field) => field.name === name),
  );
  const choices = groupByOneof(message).map((fields) =>
    fc.oneof(
      fc.constant({}),
      ...fields.map((field) => fc.record({ [field.name]: sampleField(field, messages) })),
    ),
  );
  const parts = [fc.record(record, { requiredKeys: required }), ...choices];
  return fc.tuple(...parts).map((values) => Object.assign({}, ...values));
}

/** The same value in the shape of the generated types: oneofs as { $case, value }, absent messages as `undefined`. */
export function toGenerated(
  plain: Plain,
  message: Message,
  messages: ReadonlyMap<string, Message>,
): Plain {
  const generated: Record<string, unknown> = {};
  for (const field of message.fields) {
    const value = convert(plain[field.name], field, messages);
    if (field.oneof === null) generated[field.name] = value;
    else if (field.name in plain) generated[field.oneof] = { $case: field.name, value };
    else generated[field.oneof] ??= undefined;
  }
  return generated;
}

function groupByOneof(message: Message): Field[][] {
  const names = new Set(message.fields.flatMap(({ oneof }) => oneof ?? []));
  return [...names].map((name) => message.fields.filter(({ oneof }) => oneof === name));
}

function sampleField(field: Field, messages: ReadonlyMap<string, Message>): fc.Arbitrary<unknown> {
  const one = sampleValue(field, messages);
  return field.repeated ? fc.array(one, { maxLength: 3 }) : one;
}

function sampleValue(field: Field, messages: ReadonlyMap<string, Message>): fc.Arbitrary<unknown> {
  switch (field.type) {
    case "TYPE_STRING":
      return fc.string({ unit: "grapheme" });
    case "TYPE_BYTES":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case "TYPE_BOOL":
      return fc.boolean();
    case "TYPE_UINT32":
      return fc.integer({ min: 0, max: 0xffff_ffff });
    case "TYPE_UINT64":
      return fc.oneof(fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));
    case "TYPE_ENUM":
      return fc.nat(ENUM_VALUES);
    case "TYPE_MESSAGE":
      return sampleMessage(messageOf(field, messages), messages);
    default:
      throw new Error(`No samples for ${field.name} of ${field.type}: add them here`);
  }
}

function convert(value: unknown, field: Field, messages: ReadonlyMap<string, Message>): unknown {
  if (field.type !== "TYPE_MESSAGE" || value === undefined) return value;
  const message = messageOf(field, messages);
  const convertOne = (one: unknown): Plain => toGenerated(one as Plain, message, messages);
  return Array.isArray(value) ? value.map(convertOne) : convertOne(value);
}

function messageOf(field: Field, messages: ReadonlyMap<string, Message>): Message {
  const message = messages.get(field.typeName);
  if (message === undefined)
    throw new Error(`${field.name} has the unknown type ${field.typeName}`);
  return message;
}
