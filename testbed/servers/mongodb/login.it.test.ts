import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../skip.ts';
import { type Login, startLogin } from './login.ts';
import { type MongoDb, startMongoDb } from './mongodb.ts';

describe.skipIf(skipped('mongo-java-server'))('a login before a MongoDB server that knows no users', () => {
  let server: MongoDb;
  let login: Login;

  beforeAll(async () => {
    server = await startMongoDb();
    login = await startLogin(Number(new URL(server.url).port), { user: 'memory', password: 'pass word' });
  });
  afterAll(async () => {
    await login?.stop();
    await server?.stop();
  });

  async function insert(auth?: { readonly username: string; readonly password: string }) {
    const options = { directConnection: true, serverSelectionTimeoutMS: 10_000, ...(auth && { auth }) };
    const client = new MongoClient(`mongodb://127.0.0.1:${login.port}/`, options);
    try {
      const things = client.db('test').collection<{ readonly name: string }>('things');
      await things.insertOne({ name: 'heron' });
      return await things.countDocuments({ name: 'heron' });
    } finally {
      await client.close();
    }
  }

  test('who knows the password may do everything', async () => {
    expect(await insert({ username: 'memory', password: 'pass word' })).toBe(1);
  });

  test('a wrong password, a wrong user, and none at all are refused', async () => {
    await expect(insert({ username: 'memory', password: 'password' })).rejects.toMatchObject({ code: 18 });
    await expect(insert({ username: 'nobody', password: 'pass word' })).rejects.toMatchObject({ code: 18 });
    await expect(insert()).rejects.toMatchObject({ code: 13 });
  });
});
