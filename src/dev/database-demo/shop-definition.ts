import type { SourceAddress } from '../../domain/backup/plan.js';

export const SHOP_DATABASE: SourceAddress = { service: 'shop', environment: 'demo', source: 'database' };
export const DATABASE_URL_SECRET = 'SHOP_DATABASE';
export const ADMIN_URL_SECRET = 'SHOP_DATABASE_ADMIN';

/** How the team of the shop would describe its database. */
export function shopDefinition(repository: string): object {
  return {
    service: SHOP_DATABASE.service,
    environments: {
      [SHOP_DATABASE.environment]: {
        router: { use: 'edge', backend: 'shop' }, target: { use: 'local', instances: 1 }, strategy: { blueGreen: {} },
        health: { web: { http: { path: '/healthz', expect: 200 } } },
        backups: {
          [SHOP_DATABASE.source]: {
            postgres: { url: { secret: DATABASE_URL_SECRET }, admin: { secret: ADMIN_URL_SECRET } },
            repository,
            timeout: '10m',
            restore: {
              keepOld: '10m',
              checks: { 'no-order-is-empty': { query: 'SELECT NOT EXISTS (SELECT FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id))' } },
            },
          },
        },
      },
    },
  };
}
