import ipaddr from 'ipaddr.js';

/** Nothing that a user may name lives there: addresses that are none, everybody's, or the host's own link. */
const REFUSED_RANGES: ReadonlySet<string> = new Set(['unspecified', 'broadcast', 'multicast', 'linkLocal', 'reserved', 'teredo', 'discard']);

/** Metadata services outside the link-local ranges: they hand out the credentials of the machine. */
const METADATA: ReadonlySet<string> = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'].map(normal));

/**
 * Why nobody may be sent to this IP address.
 *
 * @returns undefined when it is allowed; loopback and private addresses are, for that is where services live.
 */
export function addressRefusal(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'is no IP address';
  const parsed = embedded(ipaddr.parse(address));
  if (METADATA.has(parsed.toNormalizedString())) return 'is a metadata service';
  const range = parsed.range();
  return REFUSED_RANGES.has(range) ? `is ${range === 'linkLocal' ? 'link-local' : range}` : undefined;
}

/** An IPv6 address that only wraps an IPv4 one leads there, so that one decides. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address;
  const bytes = address.toByteArray();
  const range: string = address.range();
  if (range === '6to4') return ipaddr.fromByteArray(bytes.slice(2, 6));
  const wraps = ['ipv4Mapped', 'rfc6145', 'rfc6052'].includes(range) || isCompatible(bytes) || isLocalNat64(bytes);
  return wraps ? ipaddr.fromByteArray(bytes.slice(12)) : address;
}

/** `::a.b.c.d`, but not `::` and `::1`. */
function isCompatible(bytes: readonly number[]): boolean {
  return bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 15).some((byte) => byte !== 0);
}

/** `64:ff9b:1::/48`, for translators within a network. */
function isLocalNat64(bytes: readonly number[]): boolean {
  return [0x00, 0x64, 0xff, 0x9b, 0x00, 0x01].every((byte, index) => bytes[index] === byte);
}

function normal(address: string): string {
  return ipaddr.parse(address).toNormalizedString();
}
