/** A place in a text and what is wrong there. */
export interface JsonFault {
  readonly index: number;
  readonly message: string;
}

type Expected = 'a value' | 'a value or ]' | 'a key in double quotes' | 'a key in double quotes or }' | 'a colon' | 'a comma or the end' | 'the end';

interface Reading {
  expected: Expected;
  /** Objects with the keys seen so far, and lists, from outside to inside. */
  readonly open: { readonly close: '}' | ']'; readonly keys: Set<string> }[];
}

/**
 * The first fault of a text that should be JSON. Two keys of the same name in an object are one. `JSON.parse` tells neither that nor, reliably,
 * the place of what it refuses.
 */
export function scanJson(text: string): JsonFault | undefined {
  const reading: Reading = { expected: 'a value', open: [] };
  let index = afterSpace(text, 0);
  while (index < text.length) {
    const token = tokenAt(text, index) ?? '';
    if (isTwin(reading, token)) return { index, message: `has the key ${token.slice(0, 60)} twice` };
    const { expected } = reading;
    if (!accept(reading, token)) return { index, message: `has ${token.slice(0, 20) || 'something else'} where ${expected} is expected` };
    index = afterSpace(text, index + token.length);
  }
  return reading.expected === 'the end' ? undefined : { index, message: `ends where ${reading.expected} is expected` };
}

/** Goes on by one token. @returns false when it may not stand here. */
function accept(reading: Reading, token: string): boolean {
  if (token === '') return false;
  if (token === '}' || token === ']') return close(reading, token);
  if (token === ':') return goOn(reading, ['a colon'], 'a value');
  if (token === ',') return goOn(reading, ['a comma or the end'], reading.open.at(-1)?.close === '}' ? 'a key in double quotes' : 'a value');
  if (isKeyExpected(reading)) return key(reading, token);
  if (token === '{') return open(reading, '}', 'a key in double quotes or }');
  if (token === '[') return open(reading, ']', 'a value or ]');
  return goOn(reading, ['a value', 'a value or ]'], afterValue(reading));
}

function goOn(reading: Reading, from: readonly Expected[], to: Expected): boolean {
  if (!from.includes(reading.expected)) return false;
  reading.expected = to;
  return true;
}

function open(reading: Reading, closing: '}' | ']', expected: Expected): boolean {
  if (!goOn(reading, ['a value', 'a value or ]'], expected)) return false;
  reading.open.push({ close: closing, keys: new Set() });
  return true;
}

function close(reading: Reading, token: '}' | ']'): boolean {
  const mayClose: Expected[] = ['a comma or the end', token === '}' ? 'a key in double quotes or }' : 'a value or ]'];
  if (reading.open.at(-1)?.close !== token || !mayClose.includes(reading.expected)) return false;
  reading.open.pop();
  reading.expected = afterValue(reading);
  return true;
}

function key(reading: Reading, token: string): boolean {
  if (!token.startsWith('"')) return false;
  reading.open.at(-1)?.keys.add(keyOf(token));
  reading.expected = 'a colon';
  return true;
}

function isTwin(reading: Reading, token: string): boolean {
  return token.startsWith('"') && isKeyExpected(reading) && reading.open.at(-1)?.keys.has(keyOf(token)) === true;
}

function isKeyExpected({ expected }: Reading): boolean {
  return expected === 'a key in double quotes' || expected === 'a key in double quotes or }';
}

function afterValue({ open: { length } }: Reading): Expected {
  return length === 0 ? 'the end' : 'a comma or the end';
}

function keyOf(token: string): string {
  return String(JSON.parse(token));
}

function afterSpace(text: string, from: number): number {
  let index = from;
  while (' \t\r\n'.includes(text[index] ?? 'x')) index++;
  return index;
}

function tokenAt(text: string, index: number): string | undefined {
  // oxlint-disable-next-line no-control-regex -- JSON forbids exactly these in strings
  const token = /[{}[\],:]|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
  token.lastIndex = index;
  return token.exec(text)?.[0];
}
