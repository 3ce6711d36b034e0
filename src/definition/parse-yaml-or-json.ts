import { type Document, isScalar, LineCounter, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { SlipwayError } from '../domain/errors.js';
import { scanJson } from './scan-json.js';

const LARGEST_BYTES = 1_048_576;
/** Anchors save typing; a text that uses one more often is there to blow memory up. */
const MOST_ALIASES = 100;

/**
 * The value of a text in JSON or YAML 1.2. Keys that stand twice, unknown tags and several documents are refused.
 *
 * @param contentType `application/json` and `+json` types are read strictly as JSON, anything else as YAML (of which JSON is a part).
 * @throws BODY_TOO_LARGE above 1 MB; MALFORMED_BODY with line and column, both from 1
 */
export function parseYamlOrJson(text: string, contentType: string): unknown {
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw new SlipwayError('BODY_TOO_LARGE', 'The text is larger than 1 MB.');
  return /^[^;]*[/+]json\s*(?:;|$)/i.test(contentType) ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): unknown {
  const fault = scanJson(text);
  if (fault) {
    const before = text.slice(0, fault.index);
    throw malformed('JSON', { line: before.split('\n').length, col: fault.index - before.lastIndexOf('\n') }, fault.message);
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw malformed('JSON', { line: 1, col: 1 }, reason(error));
  }
}

function parseYaml(text: string): unknown {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'error', prettyErrors: false, stringKeys: true, uniqueKeys: false });
    refuseFaults(document, lines);
    visit(document, { Map: (_, map) => refuseTwins(map, lines) });
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return value;
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    // Aliases that lead nowhere or are too many are found late, without a place; nesting without end overflows the reader.
    throw malformed('YAML', { line: 1, col: 1 }, error instanceof RangeError ? 'is nested too deeply' : reason(error));
  }
}

function refuseFaults(document: Document, lines: LineCounter): void {
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) throw malformed('YAML', lines.linePos(fault.pos[0]), fault.message);
}

/** The reader's own check for equal keys takes a time that grows with their square. */
function refuseTwins(map: YAMLMap, lines: LineCounter): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items as readonly Pair[]) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) throw malformed('YAML', lines.linePos(key.range?.[0] ?? 0), `has the key ${JSON.stringify(key.value)} twice`);
    seen.add(key.value);
  }
}

function malformed(kind: 'JSON' | 'YAML', at: { line: number; col: number }, message: string): SlipwayError {
  const place = `line ${at.line}, column ${at.col}`;
  return new SlipwayError('MALFORMED_BODY', `The ${kind} is broken at ${place}: ${message.slice(0, 300)}.`, { problems: [{ path: '', message: `${place}: ${message.slice(0, 300)}` }] });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
