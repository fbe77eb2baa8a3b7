/**
 * To be imported before anything else by a process that runs the engine: how V8 lets the heaps of all its threads grow. Left to
 * itself it makes room for young objects (16 MB and more in each thread while a bundle is loaded) that is hardly given back, and
 * lets old ones double what is alive. Rows pass through as bytes outside of these heaps, so that room is never needed.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');
