import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';

const express4 = createRequire(import.meta.url)('express4') as typeof express;

/** The framework in both versions that are supported. */
export const frameworks = { 'Express 4': express4, 'Express 5': express } as const;
export type Framework = keyof typeof frameworks;
export const frameworkNames = Object.keys(frameworks) as Framework[];

/** An app that prints nothing and shows errors as they are. */
export function createApp(framework: Framework): Express {
  const app = frameworks[framework]();
  app.set('env', 'test');
  return app;
}

/** Listens on a free port of the loopback. */
export async function listen(app: Express): Promise<{ port: number; server: Server }> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

/** Ends a server and whatever is still connected. */
export function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
