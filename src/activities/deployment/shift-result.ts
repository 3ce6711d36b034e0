import type { ShiftInput, ShiftResult } from '../../domain/deployment/steps.js';
import { splitOf } from '../../domain/router/entry.js';
import type { ShiftOutcome, ShiftReport } from '../../routers/router.js';
import { sayRestored, type ServingReport } from '../serving/ensure-serving.js';

/** What a report means for all instances together. */
export function resultOf({ instances }: ShiftReport, { entry, except }: Pick<ShiftInput, 'entry' | 'except'>): ShiftResult {
  const none = { split: null, unreached: [], restored: [] };
  const counted = instances.filter(({ instance }) => !except.includes(instance));
  const pulled = counted.find((each) => each.ok && each.outcome === 'pulled');
  if (pulled) return { ...none, outcome: 'pulled', detail: `router instance ${pulled.instance}: ${detailOf(pulled)}` };
  const conflict = counted.find((each) => each.ok && each.outcome === 'conflict');
  if (conflict) return { ...none, outcome: 'conflict', detail: `router instance ${conflict.instance}: ${detailOf(conflict)}` };
  const away = counted.filter((each) => !each.ok);
  if (away.length > 0) {
    return { ...none, outcome: 'unreached', unreached: away.map(({ instance }) => instance), detail: away.map((each) => `router instance ${each.instance}: ${detailOf(each)}`).join('; ') };
  }
  return { ...none, outcome: 'done', split: splitOf(entry), detail: '' };
}

/** The same with what became of the slot that is to serve: an end that is not shown for each instance is none. */
export function withServing(result: ShiftResult, { restored, gaps, unread }: ServingReport): ShiftResult {
  const told = { ...result, restored: restored.map(sayRestored) };
  const lacking = [...gaps.map(({ instance, text }) => ({ instance, text })), ...unread.map(({ instance, detail }) => ({ instance, text: `router instance ${instance}: ${detail}` }))];
  if (lacking.length === 0 || (result.outcome !== 'done' && result.outcome !== 'unreached')) return told;
  const unreached = [...new Set([...result.unreached, ...lacking.map(({ instance }) => instance)])];
  const news = lacking.filter(({ instance }) => !result.unreached.includes(instance)).map(({ text }) => text);
  const detail = [result.detail, ...news].filter((text) => text !== '').join('; ');
  return { ...told, outcome: result.outcome === 'done' ? 'unserved' : 'unreached', unreached, detail };
}

function detailOf(outcome: ShiftOutcome): string {
  return 'detail' in outcome ? outcome.detail : '';
}
