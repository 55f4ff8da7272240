import type { Architecture } from "@stickfarm/common/media/architecture";
import type { WindowsImage } from "@stickfarm/common/media/boot-image-facts";
import { parseXml, type XmlElement } from "./parse-xml.ts";

/** Source: winnt.h, PROCESSOR_ARCHITECTURE_INTEL, _AMD64, _ARM64. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "0": "x86",
  "9": "x64",
  "12": "arm64",
};
/** Source: XML 1.0, 4.6. */
const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};
/** Real files have a dozen. */
const IMAGES_MAX = 256;
/** What an operator is shown of a name. */
const NAME_MAX = 256;

/** The images that a WIM file's XML tells of, by index; or what is wrong with it. */
export function parseWimXml(xml: Uint8Array): readonly WindowsImage[] | string {
  if (xml.length % 2 !== 0) return `its XML has ${xml.length} bytes, UTF-16 has an even number`;
  const root = parseXml(new TextDecoder("utf-16le").decode(xml));
  if (typeof root === "string") return `its XML cannot be read: ${root}`;
  if (root.name !== "WIM") return `its XML is "${root.name}", must be "WIM"`;
  const images = root.children.filter(({ name }) => name === "IMAGE");
  if (images.length > IMAGES_MAX) return `it has ${images.length} images, at most ${IMAGES_MAX}`;
  return images.map(readImage).sort((one, other) => one.index - other.index);
}

function readImage(image: XmlElement): WindowsImage {
  const windows = childOf(image, "WINDOWS");
  const version = childOf(windows, "VERSION");
  const numbers = ["MAJOR", "MINOR", "BUILD", "SPBUILD"].map((name) => textOf(version, name));
  return {
    index: Number.parseInt(image.attributes["INDEX"] ?? "0", 10) || 0,
    name: expandEntities(textOf(image, "NAME")).slice(0, NAME_MAX),
    architecture: ARCHITECTURES[textOf(windows, "ARCH")] ?? null,
    version: numbers.filter((number) => /^\d{1,10}$/.test(number)).join("."),
    totalBytes: readSize(textOf(image, "TOTALBYTES")),
  };
}

/** The five that need no declaration: nothing can be made to grow by them. */
function expandEntities(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

function readSize(text: string): number {
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0;
}

function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

function textOf(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? "";
}
