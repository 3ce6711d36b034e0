import type { PageRequest } from '../store/stores.js';

export function pageOf({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }): PageRequest {
  return { limit, ...(cursor !== undefined && { cursor }) };
}
