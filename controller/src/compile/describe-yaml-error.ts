import type { RuleId } from "@stickfarm/common/media/rule-table";
import type { YAMLError } from "yaml";

/** The package's codes, and ours for what it would take and we do not. */
export type YamlFault = YAMLError["code"] | "TOO_DEEP" | "TOO_MANY_ALIASES" | "TOO_MANY_PARTS";
export type YamlWords = {
  readonly ruleId: RuleId;
  readonly rule: string;
  readonly remedy: string;
};

const QUOTE = "Put the text in quotes";
const INDENT = "Indent with spaces, each level further than the one above";

/** Our own words for each fault: the package's messages quote the text, which may hold a secret in the wrong place. */
const WORDS: Readonly<Record<YamlFault, Omit<YamlWords, "ruleId">>> = {
  ALIAS_PROPS: { rule: "is an alias with a tag or an anchor", remedy: "Remove one of them" },
  BAD_ALIAS: {
    rule: "is an alias without an anchor before it",
    remedy: "Put text that begins with * in quotes",
  },
  BAD_COLLECTION_TYPE: { rule: "has a tag that does not fit it", remedy: "Remove the tag" },
  BAD_DIRECTIVE: {
    rule: "is no directive that YAML knows",
    remedy: "Remove the line that begins with %",
  },
  BAD_DQ_ESCAPE: {
    rule: "has a backslash that escapes nothing",
    remedy: "Write two backslashes, or use single quotes",
  },
  BAD_INDENT: { rule: "is indented wrongly, or not closed", remedy: INDENT },
  BAD_PROP_ORDER: {
    rule: "has an anchor or a tag in the wrong place",
    remedy: "Put it before the value",
  },
  BAD_SCALAR_START: {
    rule: "begins with a character that plain text cannot begin with",
    remedy: QUOTE,
  },
  BLOCK_AS_IMPLICIT_KEY: {
    rule: "is a nested mapping on one line",
    remedy: "Write it on a line of its own",
  },
  BLOCK_IN_FLOW: { rule: "is a block inside of { } or [ ]", remedy: "Write it as { key: value }" },
  DUPLICATE_KEY: { rule: "is the same key again", remedy: "Remove one of them" },
  IMPOSSIBLE: { rule: "cannot be read as YAML", remedy: "Write it in another way" },
  KEY_OVER_1024_CHARS: { rule: "is a key of more than 1024 characters", remedy: "Shorten it" },
  MISSING_CHAR: {
    rule: "lacks a character: a closing quote or bracket, a comma, a colon or a space",
    remedy: "Add it",
  },
  MULTILINE_IMPLICIT_KEY: { rule: "is a key of several lines", remedy: "Write it on one line" },
  MULTIPLE_ANCHORS: {
    rule: "has more than one anchor",
    remedy: "Remove all but one, or use quotes",
  },
  MULTIPLE_DOCS: {
    rule: "is a second document, must be one",
    remedy: "Put it into a file of its own",
  },
  MULTIPLE_TAGS: { rule: "has more than one tag", remedy: "Remove the tags, or use quotes" },
  NON_STRING_KEY: { rule: "is a key that is no text", remedy: "Write a word as the key" },
  RESOURCE_EXHAUSTION: { rule: "is nested too deep to be read", remedy: "Write it flat" },
  TAB_AS_INDENT: { rule: "is indented with a tab", remedy: INDENT },
  TAG_RESOLVE_FAILED: { rule: "has a tag that definitions do not use", remedy: QUOTE },
  TOO_DEEP: { rule: "is nested too deep", remedy: "Write it flat; a definition is 7 deep" },
  TOO_MANY_ALIASES: { rule: "has too many aliases", remedy: "Write the values out" },
  TOO_MANY_PARTS: { rule: "has too many parts", remedy: "Check that this is a definition" },
  UNEXPECTED_TOKEN: { rule: "is not expected here", remedy: QUOTE },
};

/** The mistakes that are ours to tell apart; all others are of the one kind that only a person can read. */
const RULE_OF: Readonly<Partial<Record<YamlFault, RuleId>>> = {
  DUPLICATE_KEY: "yaml-key-repeated",
  BAD_ALIAS: "yaml-alias-unknown",
  MULTIPLE_DOCS: "yaml-many-documents",
  NON_STRING_KEY: "yaml-key-not-text",
  TAB_AS_INDENT: "yaml-tab-indent",
  TOO_DEEP: "yaml-too-deep",
  RESOURCE_EXHAUSTION: "yaml-too-deep",
  TOO_MANY_ALIASES: "yaml-too-large",
  TOO_MANY_PARTS: "yaml-too-large",
};

export function describeYamlError(fault: YamlFault): YamlWords {
  return { ruleId: RULE_OF[fault] ?? "yaml-syntax", ...WORDS[fault] };
}
