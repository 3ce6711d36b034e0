import { z } from 'zod';
import { PHASES } from '../../domain/deployment/status.js';

/** What the demo reads of the API's answers; the rest is none of its business. */
export const deploymentAnswer = z.object({
  id: z.string(),
  service: z.string(),
  version: z.string(),
  stableVersion: z.string().nullable(),
  strategy: z.string(),
  phase: z.enum(PHASES),
  step: z.number(),
  gates: z.array(z.object({ address: z.string() })),
  verdicts: z.array(z.object({
    step: z.number(),
    kind: z.enum(['pass', 'fail', 'no-data', 'error']),
    findings: z.array(z.object({ rule: z.string(), kind: z.string(), text: z.string() })),
  })),
  cause: z.object({ code: z.string(), text: z.string() }).nullable(),
  milestones: z.record(z.string(), z.string()),
  breachToZeroMs: z.number().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  plan: z.object({
    strategy: z.object({ kind: z.enum(['canary', 'blueGreen']) }),
    candidate: z.object({ target: z.object({ instances: z.number() }) }),
    steps: z.array(z.object({ number: z.number(), share: z.number(), bakeMs: z.number() })),
  }).nullable(),
});

export type DeploymentAnswer = z.output<typeof deploymentAnswer>;

export const environmentAnswer = z.object({
  stable: z.object({ version: z.string(), deployment: z.string(), since: z.string() }).nullable(),
  live: z.object({ id: z.string() }).nullable(),
});

export type EnvironmentAnswer = z.output<typeof environmentAnswer>;

export const ticketAnswer = z.object({ id: z.string() });

export const problemAnswer = z.object({ code: z.string(), title: z.string(), detail: z.string().optional() });
