/** What rims write to; a pino logger is one. Facts are fields, messages are constant. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
