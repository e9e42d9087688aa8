import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { TvmError, messageOf } from '../../errors.ts';
import { shapeFault } from './shape.ts';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Refuses a request before its body is read unless it says that it sends plain JSON.
 * @throws TvmError `unsupported_media_type`
 */
export function requireJson(request: Pick<FastifyRequest, 'headers'>): void {
  const { headers } = request;
  const type = headers['content-type'];
  const encoding = headers['content-encoding'];
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (type === undefined ? hasBody : !JSON_TYPE.test(type)) {
    throw new TvmError(
      'unsupported_media_type',
      'content-type: must be application/json, with no parameter but charset=utf-8',
    );
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new TvmError('unsupported_media_type', 'content-encoding: must be absent or identity');
  }
}

/**
 * Decodes a body as UTF-8 without byte order mark and parses it. Of duplicate keys the last one counts.
 * @throws TvmError `malformed_body`; its message never quotes the body.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw malformed('empty; send one JSON object');
  if (!isUtf8(bytes)) throw malformed('not valid UTF-8');
  const text = bytes.toString('utf8');
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) throw malformed('must not begin with a byte order mark');
  const fault = shapeFault(bytes);
  if (fault) throw malformed(fault);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`not valid JSON${placeOf(messageOf(error))}`);
  }
}

/** V8 names the place for some faults and quotes the text for others; only the place is passed on. */
function placeOf(message: string): string {
  if (message.startsWith('Unexpected end')) return ': it ends too early';
  const position = / at position (\d+)/.exec(message)?.[1];
  return position === undefined || message.endsWith('is not valid JSON') ? '' : ` at position ${position}`;
}

function malformed(what: string): TvmError {
  return new TvmError('malformed_body', `body: ${what}`);
}
