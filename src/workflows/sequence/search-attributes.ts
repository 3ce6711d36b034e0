import { defineSearchAttributeKey } from '@temporalio/common';

/** What the Web UI's list filters by, and by which a deployment is found while the database is away. Registered by `npm run setup:temporal`. */
export const SlipwayDeployment = defineSearchAttributeKey('SlipwayDeployment', 'KEYWORD');
export const SlipwayService = defineSearchAttributeKey('SlipwayService', 'KEYWORD');
export const SlipwayEnvironment = defineSearchAttributeKey('SlipwayEnvironment', 'KEYWORD');
export const SlipwayVersion = defineSearchAttributeKey('SlipwayVersion', 'KEYWORD');
export const SlipwayStrategy = defineSearchAttributeKey('SlipwayStrategy', 'KEYWORD');
export const SlipwayPhase = defineSearchAttributeKey('SlipwayPhase', 'KEYWORD');
export const SlipwayAwaitingApproval = defineSearchAttributeKey('SlipwayAwaitingApproval', 'BOOL');

export const SEARCH_ATTRIBUTES = [
  SlipwayDeployment, SlipwayService, SlipwayEnvironment, SlipwayVersion, SlipwayStrategy, SlipwayPhase, SlipwayAwaitingApproval,
] as const;
