import { describe, expect, it } from '@jest/globals';
import { archiveFile, belongsTo, filesOf, nameOf, parsePartName, partName } from './layout.js';

const AT = new Date('2026-11-23T22:26:14.123Z');

describe('the name of an archive', () => {
  it.each([['01J', 1], ['a-backup-of-mine', 12]])('tells when, which backup and which attempt: %s %d', (backup, attempt) => {
    expect(nameOf(`a/b/c/${archiveFile(AT, { backup, attempt })}`)).toEqual({ time: '20261123T222614Z', backup, attempt });
  });

  it.each(['../01J', 'a/b'])('is not made of a backup that is no name: %s', (backup) => {
    expect(() => archiveFile(AT, { backup, attempt: 1 })).toThrow(expect.objectContaining({ code: 'UNSAFE_PATH' }));
  });

  it.each(['../../etc/20261123T222614Z-01J-1.tar.gz.age', '/20261123T222614Z-01J-1.tar.gz.age', 'a/passwd', ''])('is refused as a snapshot where it is none: %j', (snapshot) => {
    expect(() => filesOf('/repository', snapshot)).toThrow(expect.objectContaining({ code: 'UNSAFE_PATH' }));
  });

  it('is found again from each of the files of a backup', () => {
    const snapshot = 'a/b/c/20261123T222614Z-01J-1.tar.gz.age';
    const files = filesOf('/r', snapshot);
    for (const as of ['archive', 'sidecar', 'part'] as const) expect(belongsTo(files[as].slice('/r/'.length))).toEqual({ snapshot, as });
    expect(belongsTo('a/b/c/notes.json')).toBeUndefined();
  });
});

it('numbers the parts of a stream so that their names sort', () => {
  expect([partName('app.dump', 1), partName('app.dump', 12)]).toEqual(['app.dump.part-000001', 'app.dump.part-000012']);
  expect(parsePartName(partName('x.part-000001', 7))).toEqual({ name: 'x.part-000001', index: 7 });
});
