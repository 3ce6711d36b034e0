# Debian slim: the Temporal SDK is native code built against glibc. Debian 13, as the restic of 12 is too old for backups.
FROM node:22-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY bench bench
COPY examples examples
COPY test/support test/support
RUN node scripts/build.mjs && npm prune --omit=dev --omit=optional

FROM node:22-trixie-slim AS runtime
# ca-certificates: webhooks and Temporal Cloud. tini: collects what a program of a target leaves behind.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
ENTRYPOINT ["tini", "--", "node", "--enable-source-maps"]

# What sources and engines call; docs/backups.md has the list. Clients of PostgreSQL 17 serve databases of 17; older ones need their own.
FROM runtime AS worker
USER root
RUN apt-get update \
  && apt-get install --yes --no-install-recommends openssh-client postgresql-client-17 restic sqlite3 \
  && rm -rf /var/lib/apt/lists/*
USER node
# Within the container every address is its own; nothing is published unless the port is.
ENV SLIPWAY_METRICS_HOST=0.0.0.0 SLIPWAY_METRICS_PORT=9464
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["dist/src/worker/main.js"]

# The example service; not part of Slipway.
FROM node:22-trixie-slim AS storefront
WORKDIR /app
COPY examples/storefront/*.mjs ./
ENV HOST=0.0.0.0 PORT=9100
USER node
EXPOSE 9100
CMD ["node", "server.mjs"]

# Last: what `docker build .` makes.
FROM runtime AS api
ENV SLIPWAY_HOST=0.0.0.0 SLIPWAY_PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["dist/src/api/main.js"]
