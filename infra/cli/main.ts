#!/usr/bin/env node
import { runCoinbooth } from './run-coinbooth.ts';

process.exitCode = await runCoinbooth(process.argv.slice(2));
