import { XMLParser } from "fast-xml-parser";

export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
};

const TEXT = "#text";
const ATTRIBUTES = ":@";

/** The root element, or what is wrong with the text. Entities stay as they are: nothing can be made to grow. */
export function parseXml(text: string): XmlElement | string {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    processEntities: false,
    textNodeName: TEXT,
  });
  try {
    const parsed: unknown = parser.parse(text, true);
    return readElements(parsed).find(({ name }) => !name.startsWith("?")) ?? "it holds no element";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The parser's ordered form: [{ tag: [...], ":@": { attribute: "value" } }, { "#text": "..." }]. */
function readElements(parsed: unknown): XmlElement[] {
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((node: unknown) => {
    const entries = Object.entries(Object(node));
    const attributes = readTexts(entries.find(([key]) => key === ATTRIBUTES)?.[1]);
    return entries
      .filter(([key]) => key !== ATTRIBUTES && key !== TEXT)
      .map(([name, content]) => {
        const children = readElements(content);
        return { name, attributes, text: readText(content), children };
      });
  });
}

function readText(content: unknown): string {
  if (!Array.isArray(content)) return "";
  return content
    .map((node: unknown) => readTexts(node)[TEXT] ?? "")
    .join("")
    .trim();
}

function readTexts(object: unknown): Record<string, string> {
  const texts = Object.entries(Object(object)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}
