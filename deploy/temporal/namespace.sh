#!/bin/sh
# Creates the namespace where it is missing. Safe to repeat.
set -eu

ready=no
for _ in $(seq 60); do
  if temporal operator cluster health >/dev/null 2>&1; then ready=yes; break; fi
  sleep 1
done
[ "$ready" = yes ] || { echo "Temporal at $TEMPORAL_ADDRESS was not healthy within a minute" >&2; exit 1; }

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
