import { customType, timestamp } from 'drizzle-orm/pg-core';
import { storable, storableText } from '../storable.js';

/** `json` keeps what users and programs wrote as they wrote it, `jsonb` is for what SQL looks into often. */
export const json = <T>() => customType<{ data: T; driverData: string }>({ dataType: () => 'json', toDriver: written });
export const jsonb = <T>() => customType<{ data: T; driverData: string }>({ dataType: () => 'jsonb', toDriver: written });

/** Text of people and programs. */
export const words = customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storableText });

/**
 * JSON that SQL never looks into, kept exactly, however odd: as text its escapes stand for themselves. Long ones are compressed by PostgreSQL.
 */
export const document = <T>() => customType<{ data: T; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => JSON.stringify(value),
  // Only the line above writes such a column.
  fromDriver: (text) => JSON.parse(text) as T,
});

export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** An instant as records have it. */
export const instant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamptz(3)',
  fromDriver: (at) => new Date(at).toISOString(),
});

function written(value: unknown): string {
  return JSON.stringify(storable(value));
}
