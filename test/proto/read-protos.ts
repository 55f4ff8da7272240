import { join } from "node:path";
import { type AnyDefinition, loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";

export const PROTO_FOLDER = join(import.meta.dirname, "../../proto");
export const PROTO_FILES = ["agent", "enrollment", "operator"].map(
  (name) => `stickfarm/v1/${name}.proto`,
);

/** A message as the .proto files have it, read by protobufjs: nothing of ours is between. */
export type Message = {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly serialize: (value: object) => Buffer;
  readonly deserialize: (bytes: Buffer) => Readonly<Record<string, unknown>>;
};

export type Field = {
  readonly name: string;
  /** As in descriptor.proto: TYPE_STRING, TYPE_UINT64, ... */
  readonly type: string;
  readonly repeated: boolean;
  /** Name of the message or enum, without its package. */
  readonly typeName: string;
  /** The oneof that it belongs to. */
  readonly oneof: string | null;
};

export type Definitions = Readonly<Record<string, AnyDefinition>>;

export function loadDefinitions(): Definitions {
  return loadSync(PROTO_FILES, {
    includeDirs: [PROTO_FOLDER],
    longs: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
}

export function listMessages(definitions: Definitions): Message[] {
  return Object.entries(definitions).flatMap(([name, definition]) =>
    definition["format"] === "Protocol Buffer 3 DescriptorProto"
      ? [readMessage(lastPart(name), definition as MessageTypeDefinition<object, object>)]
      : [],
  );
}

export function lastPart(name: string): string {
  return name.split(".").at(-1) ?? name;
}

type Descriptor = {
  readonly field: readonly { name: string; type: string; label: string; typeName: string }[];
  readonly oneofDecl: readonly { readonly name: string }[];
};

function readMessage(name: string, definition: MessageTypeDefinition<object, object>): Message {
  const { field, oneofDecl } = definition.type as Descriptor;
  const deserialize = (bytes: Buffer) => definition.deserialize(bytes) as Record<string, unknown>;
  // The descriptor gives oneofIndex 0 to fields of no oneof as well, so ask what a message with only this field says.
  const oneofOf = (only: string): string | null => {
    const sample = deserialize(definition.serialize({ [only]: {} }));
    return oneofDecl.find((oneof) => sample[oneof.name] === only)?.name ?? null;
  };
  const fields = field.map(({ label, type, typeName, ...rest }) => ({
    name: rest.name,
    type,
    repeated: label === "LABEL_REPEATED",
    typeName: lastPart(typeName),
    oneof: label === "LABEL_REPEATED" || oneofDecl.length === 0 ? null : oneofOf(rest.name),
  }));
  return { name, fields, serialize: definition.serialize, deserialize };
}
