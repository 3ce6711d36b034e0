#!/bin/sh
# Makes what the other services find in their volumes: the API's key, and the files of HAProxy. Safe to repeat.
set -eu

umask 077
if [ ! -s /run/slipway/admin-key ]; then
  printf 'slp_%s\n' "$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')" > /run/slipway/admin-key.new
  mv /run/slipway/admin-key.new /run/slipway/admin-key
fi
# HAProxy does not start without its map; what is there already is the traffic as it was.
[ -s /var/lib/haproxy/storefront.map ] || printf 'storefront blue:settled:none:0:0:-\n' > /var/lib/haproxy/storefront.map
[ -e /var/lib/haproxy/servers.state ] || : > /var/lib/haproxy/servers.state
chown -R 1000:1000 /run/slipway /run/haproxy /var/lib/haproxy
