import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';
import { contextOf } from '../middleware/request-context.js';

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Slipway API</title>
  <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
  <link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/assets/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
`;

/** Nothing from elsewhere and nothing inline; the styles are Swagger UI's own way of drawing its icons. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Swagger UI over the document, from this process alone. */
export function docsRoutes(document: object): Router {
  const text = JSON.stringify(document);
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    contextOf(response).route = '/openapi.json';
    response.type('application/json').send(text);
  });
  router.use('/docs', (_request, response, next) => {
    contextOf(response).route = '/docs';
    response.set({ 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' });
    next();
  });
  router.get('/docs', (_request, response) => response.type('html').send(PAGE));
  router.get('/docs/start.js', (_request, response) => response.type('js').send(START));
  router.use('/docs/assets', express.static(assets, { index: false, redirect: false, maxAge: '1h' }));
  return router;
}
