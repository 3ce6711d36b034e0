/** A place in a text and what is wrong there. */
export interface JsonFault {
  readonly index: number;
  readonly message: string;
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end';

const WORDS: Readonly<Record<Expected, string>> = {
  value: 'a value', 'value or ]': 'a value or ]', key: 'a key in double quotes', 'key or }': 'a key in double quotes or }', colon: 'a colon', 'comma or end': 'a comma or the end',
};

/**
 * The first fault of a text that should be JSON. Two keys of the same name in an object are one. `JSON.parse` tells neither that nor, reliably,
 * the place of what it refuses.
 */
export function scanJson(text: string): JsonFault | undefined {
  const open: { close: '}' | ']'; keys: Set<string> }[] = [];
  let expected: Expected = 'value';
  let done = false;
  let index = 0;
  for (;;) {
    index = afterSpace(text, index);
    if (index >= text.length) return done ? undefined : { index, message: `ends where ${WORDS[expected]} is expected` };
    const token = tokenAt(text, index);
    const inside = open.at(-1);
    const wrong: JsonFault = { index, message: done ? 'goes on after its end' : `has ${token === undefined ? 'something else' : token.slice(0, 20)} where ${WORDS[expected]} is expected` };
    if (token === undefined || done) return wrong;

    if (token === '}' || token === ']') {
      const mayClose = expected === 'comma or end' || expected === 'value or ]' || expected === 'key or }';
      if (!mayClose || inside?.close !== token) return wrong;
      open.pop();
      expected = 'comma or end';
    } else if (token === ':') {
      if (expected !== 'colon') return wrong;
      expected = 'value';
    } else if (token === ',') {
      if (expected !== 'comma or end') return wrong;
      expected = inside?.close === '}' ? 'key' : 'value';
    } else if (expected === 'key' || expected === 'key or }') {
      if (!token.startsWith('"')) return wrong;
      if (inside?.keys.has(keyOf(token))) return { index, message: `has the key ${token.slice(0, 60)} twice` };
      inside?.keys.add(keyOf(token));
      expected = 'colon';
    } else if (expected === 'value' || expected === 'value or ]') {
      if (token === '{' || token === '[') open.push({ close: token === '{' ? '}' : ']', keys: new Set() });
      expected = token === '{' ? 'key or }' : token === '[' ? 'value or ]' : 'comma or end';
    } else return wrong;
    done = open.length === 0 && expected === 'comma or end';
    index += token.length;
  }
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

function keyOf(token: string): string {
  const key: unknown = JSON.parse(token);
  return String(key);
}
