import { isIPv4, isIPv6 } from 'node:net';

/** Groups of 16 bits of an IPv6 address that its user cannot choose: whoever has one address has 2^64 of them. */
const PREFIX_GROUPS = 4;

/** First groups of an IPv6 address that stands for an IPv4 one (RFC 4291, 2.5.5.2). */
const MAPPED = '0:0:0:0:0:ffff';

/**
 * Who a peer is, for fairness between clients: its IPv4 address, however the socket writes it, or the /64 prefix of its
 * IPv6 address. X-Forwarded-For does not count: anyone can write there what they like.
 * @param address the socket's remote address
 * @returns undefined for what is no IP address
 */
export function clientOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  if (groups.slice(0, 6).join(':') === MAPPED) return groups.slice(6).flatMap(bytesOf).join('.');
  return `${groups.slice(0, PREFIX_GROUPS).join(':')}::/64`;
}

/** The eight groups of a valid IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [withoutZone = ''] = address.split('%');
  const [head = [], tail = []] = withoutZone.split('::').map((half) => half.split(':').flatMap(groupsOfPart));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
}

/** One part between colons: a group, none beside `::`, or the last two as a dotted IPv4 address. */
function groupsOfPart(part: string): string[] {
  if (part === '') return [];
  if (!isIPv4(part)) return [Number.parseInt(part, 16).toString(16)];
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
}

function bytesOf(group: string): number[] {
  const number = Number.parseInt(group, 16);
  return [number >> 8, number & 255];
}
