import { createRequire } from 'node:module';
import type express from 'express';
import { describeMiddleware } from './describe-middleware.ts';
import { makeExpressApp } from './express-app.ts';

const require = createRequire(import.meta.url);
// Express 4 under an alias, which has no types of its own; what the app uses of both is the same.
const express4 = require('express4') as typeof express;

describeMiddleware('Express 4', (parts) => makeExpressApp(express4, parts), { hasPatterns: true });
