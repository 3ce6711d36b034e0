import { z } from 'zod';

/** A whole number as an environment variable holds it: text. */
export function wholeNumberText(description: string, { min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .refine((value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max, `must be a whole number from ${min} to ${max}`)
    .meta({ description });
}
