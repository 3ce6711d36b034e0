#!/bin/sh
# Makes what the other services find in their volumes: the API's key, the worker's secrets, and the files of HAProxy. Safe to repeat.
set -eu

umask 077
random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
# Whole or not at all.
write() { printf '%s\n' "$2" > "$1.new" && mv "$1.new" "$1"; }

[ -s /run/slipway/admin-key ] || write /run/slipway/admin-key "slp_$(random)"
# Who loses it loses every backup: keep a copy where the host's disk is not.
[ -s /run/slipway-secrets/RESTIC_PASSWORD ] || write /run/slipway-secrets/RESTIC_PASSWORD "$(random)"
write /run/slipway-secrets/ORDERS_URL "postgresql://slipway_backup:$POSTGRES_PASSWORD@orders:5432/orders"
write /run/slipway-secrets/ORDERS_ADMIN_URL "postgresql://slipway_restore:$POSTGRES_PASSWORD@orders:5432/slipway_restore"
# HAProxy does not start without its map; what is there already is the traffic as it was.
[ -s /var/lib/haproxy/storefront.map ] || printf 'storefront blue:settled:none:0:0:-\n' > /var/lib/haproxy/storefront.map
[ -e /var/lib/haproxy/servers.state ] || : > /var/lib/haproxy/servers.state
# Not what is in the repository: it may be large, and is theirs already.
chown 1000:1000 /var/lib/slipway /var/backups/slipway
chown -R 1000:1000 /run/slipway /run/slipway-secrets /run/haproxy /var/lib/haproxy
