import { signalOf } from '@/lib/signal';

/** The session has ended while a page was open. The page stays, and the user signs in again on top of it. */
export const signedOut = signalOf(false);

/** The last request got no answer: the network or the server is away. */
export const unreachable = signalOf(false);
