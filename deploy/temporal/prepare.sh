#!/bin/sh
# Creates the namespace and Slipway's search attributes where they are missing. Safe to repeat.
set -eu

ready=no
for _ in $(seq 60); do
  if temporal operator cluster health >/dev/null 2>&1; then ready=yes; break; fi
  sleep 1
done
[ "$ready" = yes ] || { echo "Temporal at $TEMPORAL_ADDRESS was not healthy within a minute" >&2; exit 1; }

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d

add() {
  temporal operator search-attribute list | grep -qw "$1" || temporal operator search-attribute create --name "$1" --type "$2"
}

for name in SlipwayDeployment SlipwayService SlipwayEnvironment SlipwayVersion SlipwayStrategy SlipwayPhase; do
  add "$name" Keyword
done
add SlipwayAwaitingApproval Bool
