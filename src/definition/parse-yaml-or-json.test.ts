import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../test/support/processor-time.js';
import { codeOf, isSlipwayError } from '../domain/errors.js';
import { parseYamlOrJson } from './parse-yaml-or-json.js';
import { scanJson } from './scan-json.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const YAML_TYPE = 'application/yaml';

function refusal(text: string, type: string): { code: string; message: string } {
  try {
    return { code: 'none', message: JSON.stringify(parseYamlOrJson(text, type)) };
  } catch (error) {
    return { code: codeOf(error), message: isSlipwayError(error) ? error.message : String(error) };
  }
}

describe('parseYamlOrJson', () => {
  it('reads JSON', () => {
    expect(parseYamlOrJson('{"a":[1,{"b":null}]}', JSON_TYPE)).toEqual({ a: [1, { b: null }] });
  });

  it('reads YAML, with anchors', () => {
    expect(parseYamlOrJson('a: &x { b: 5% }\nc: *x', YAML_TYPE)).toEqual({ a: { b: '5%' }, c: { b: '5%' } });
  });

  it('does not read YAML where JSON was announced', () => {
    expect(refusal('a: 1', JSON_TYPE).code).toBe('MALFORMED_BODY');
  });

  it.each([
    ['{\n "a": tru\n}', JSON_TYPE, 'line 2, column 7'],
    ['{"a":1,"a":2}', JSON_TYPE, 'line 1, column 8'],
    ['{"a":1,"\\u0061":2}', JSON_TYPE, 'line 1, column 8'],
    ['[1,]', JSON_TYPE, 'line 1, column 4'],
    ['{"a":', JSON_TYPE, 'line 1, column 6'],
    ['', JSON_TYPE, 'line 1, column 1'],
    ['a: 1\nb: [', YAML_TYPE, 'line 2'],
    ['a: 1\na: 2', YAML_TYPE, 'line 2, column 1'],
    ['a: 1\n---\nb: 2', YAML_TYPE, 'line 2'],
    ['a: !!js/function x', YAML_TYPE, 'line 1, column 4'],
    ['a: *nowhere', YAML_TYPE, 'line 1'],
  ])('says where %j is broken', (text, type, place) => {
    const { code, message } = refusal(text, type);
    expect(code).toBe('MALFORMED_BODY');
    expect(message).toContain(place);
  });

  it('refuses aliases that multiply', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(', ')}]`;
    const text = ['a: &a [x, x, x, x, x, x, x, x, x]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd')].join('\n');
    expect(refusal(text, YAML_TYPE).code).toBe('MALFORMED_BODY');
  });

  it.each([JSON_TYPE, YAML_TYPE])('survives nesting without end (%s)', (type) => {
    expect(refusal('['.repeat(200_000), type).code).toBe('MALFORMED_BODY');
  });

  it('refuses more than 1 MB, counted in bytes', () => {
    expect(refusal(JSON.stringify('ü'.repeat(600_000)), JSON_TYPE).code).toBe('BODY_TOO_LARGE');
  });

  it('reads many keys in a time that does not grow with their square', () => {
    const text = Array.from({ length: 75_000 }, (_, index) => `key${index}: 1`).join('\n');
    // Comparing all keys with all takes two minutes; this takes about a second.
    expect(processorMs(() => parseYamlOrJson(text, YAML_TYPE))).toBeLessThan(20_000);
  }, 240_000);

  it('throws nothing but its own errors', () => {
    const yamlish = fc.array(fc.constantFrom('a', ': ', '- ', '\n', '  ', '&x', '*x', '{', '}', '[', ']', '"', '!!', '?', '<<', '|', '>', '#', '%', '---', '\t', '\0'), { maxLength: 40 });
    fc.assert(fc.property(fc.oneof(fc.string(), yamlish.map((parts) => parts.join(''))), fc.constantFrom(JSON_TYPE, YAML_TYPE), (text, type) => {
      expect(['none', 'MALFORMED_BODY']).toContain(refusal(text, type).code);
    }), { numRuns: 2_000 });
  });
});

describe('scanJson', () => {
  it('finds no fault in what is JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => {
      // fast-check may give an object the same key once only, so nothing stands twice.
      expect(scanJson(text)).toBeUndefined();
    }));
  });

  it('finds a fault in all that JSON.parse refuses', () => {
    const jsonish = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"b', '1', '-', '01', '1e', 'true', 'nul', ' ', '\\', '.5', '1.5'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(fc.property(jsonish, (text) => {
      const fault = scanJson(text);
      if (fault?.message.endsWith('twice')) return;
      expect(fault === undefined).toBe(isJson(text));
    }), { numRuns: 5_000 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
