import { z } from 'zod';

/** What the background process tells the `tvm start` that waits for it. */
export const launchMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), text: z.string() }),
  z.object({ type: z.literal('ready'), addresses: z.array(z.string()), pid: z.int() }),
  z.object({ type: z.literal('failed'), message: z.string(), remedy: z.string(), exit_code: z.int() }),
]);
export type LaunchMessage = z.infer<typeof launchMessageSchema>;

/**
 * Sends a message to the parent, if there is one that still listens. Settles when it is handed over; a parent that went
 * away meanwhile is no fault.
 */
export async function tellParent(message: LaunchMessage): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

/** Ends the talk with the parent: this process no longer needs it. */
export function leaveParent(): void {
  if (process.connected) process.disconnect();
}
