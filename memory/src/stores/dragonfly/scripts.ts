/**
 * One script a verb, so that each is one step of the server and one round trip. Every key is declared: Dragonfly locks what a
 * script declares, and refuses the rest. No variable number is written but through string.format, as Lua 5.1 (Redis) and 5.4
 * (Dragonfly) print numbers differently.
 *
 * Fields of a document: v version, x expiresAt ('' for never), p pending, s a body's lastSequence, n its own sequence where
 * `append` gave it one, e its entry (kind, id, order, attributes as JSON), b its body as JSON.
 */

/**
 * Reads the writes from ARGV, checks all of them, then does all of them. What takes room comes first, and shows nothing until
 * the documents stand: places on lists are believed only where the document says the same. So when the server runs out of
 * memory in the middle, the documents that stand already are put back as they were, and nothing has happened.
 */
const writing = `
local unpack = table.unpack or unpack
local pendingKey, staleKey = KEYS[1], KEYS[2]
local now = tonumber(ARGV[1])
local cursor, document = 1, 2

local function take()
  cursor = cursor + 1
  return ARGV[cursor]
end

local function takeKey()
  document = document + 1
  return KEYS[document]
end

local function whole(number)
  return string.format('%.0f', number)
end

-- What the key holds, and its version where that lives.
local function look(key)
  local found = redis.call('HMGET', key, 'v', 'x', 'e', 'p', 's')
  local old = { expires = found[2], entry = found[3], pending = found[4], last = found[5] }
  if found[1] and (found[2] == '' or tonumber(found[2]) > now) then old.version = tonumber(found[1]) end
  return old
end

local function takeLists()
  local lists = {}
  for i = 1, tonumber(take()) do lists[i] = KEYS[tonumber(take())] end
  return lists
end

local function takeWrite()
  local write = { key = takeKey(), kind = take(), expect = take(), member = take() }
  if write.kind == 'put' then
    local version, expires, pending = take(), take(), take()
    write.expires, write.pending = expires, pending
    write.place, write.entry = take(), take()
    local sequence, body = take(), take()
    write.fields = { 'v', version, 'x', expires, 'p', pending, 's', sequence, 'n', '', 'e', write.entry, 'b', body }
    write.ttl, write.lists = take(), takeLists()
  end
  return write
end

local function takeWrites(writes)
  for _ = 1, tonumber(take()) do writes[#writes + 1] = takeWrite() end
end

local function check(writes, before)
  for i, write in ipairs(writes) do
    if not write.old then write.old = look(write.key) end
    if write.expect ~= 'any' then
      local found = write.old.version
      if found ~= tonumber(write.expect) then
        return { 'conflict', whole(i - 1 + before), found and whole(found) or '' }
      end
    end
  end
end

local function restore(key, before, ttl)
  redis.call('DEL', key)
  if #before == 0 then return end
  redis.call('HSET', key, unpack(before))
  if ttl > 0 then redis.call('PEXPIRE', key, ttl) end
end

-- Whoever takes entries off the lists looks again at one that has been prolonged meanwhile.
local function isListedUntil(expires, old, entry)
  return old.entry == entry and old.expires ~= '' and tonumber(old.expires) <= tonumber(expires)
end

local function apply(writes)
  for _, write in ipairs(writes) do
    local old = write.old
    if old.entry and old.entry ~= write.entry then redis.call('ZADD', staleKey, now, old.entry) end
    if write.kind == 'put' then
      if old.entry ~= write.entry then
        for _, list in ipairs(write.lists) do redis.call('ZADD', list, 0, write.place) end
      end
      if write.expires ~= '' and not isListedUntil(write.expires, old, write.entry) then
        redis.call('ZADD', staleKey, write.expires, write.entry)
      end
      if write.pending == '1' then redis.call('ZADD', pendingKey, now, write.member) end
    end
  end
  for i, write in ipairs(writes) do
    if write.kind == 'put' then
      if i < #writes and write.old.entry then
        write.before = redis.call('HGETALL', write.key)
        write.beforeTtl = redis.call('PTTL', write.key)
      end
      local done = redis.pcall('HSET', write.key, unpack(write.fields))
      if type(done) == 'table' and done.err then
        for j = 1, i - 1 do
          if writes[j].kind == 'put' then restore(writes[j].key, writes[j].before or {}, writes[j].beforeTtl) end
        end
        return done
      end
    end
  end
  for _, write in ipairs(writes) do
    if write.kind == 'put' then
      if write.ttl ~= '' then
        redis.call('PEXPIRE', write.key, write.ttl)
      else
        if write.old.entry then redis.call('PERSIST', write.key) end
        redis.call('ZREM', staleKey, write.entry)
      end
    else
      redis.call('DEL', write.key)
    end
    -- A name can be left behind by a document that the database removed.
    if write.pending ~= '1' and not (write.old.entry and write.old.pending ~= '1') then
      redis.call('ZREM', pendingKey, write.member)
    end
  end
end
`;

/** KEYS pending, stale, documents, lists. ARGV now, number of writes, writes. */
export const commitScript = `${writing}
local writes = {}
takeWrites(writes)
return check(writes, 0) or apply(writes) or { 'written' }
`;

/**
 * KEYS pending, stale, parent, documents, lists. ARGV now, expiry, life of a key, life of a pending key, number of documents,
 * documents, number of other writes, writes.
 */
export const appendScript = `${writing}
local parent = takeKey()
local expires, ttl, pendingTtl = take(), take(), take()
local old = look(parent)
if not old.version then return { 'conflict', '0', '' } end
local last = tonumber(old.last) or 0
local count, member = tonumber(take()), take()

local writes = {}
for i = 1, count do
  local number = whole(last + i)
  local write = { key = takeKey(), kind = 'put', expect = '', member = take(), expires = take() }
  write.pending = take()
  write.place = string.rep('0', 16 - #number) .. number .. take()
  write.entry = take() .. number .. take()
  write.fields = {
    'v', '1', 'x', write.expires, 'p', write.pending, 's', take(), 'n', number, 'e', write.entry, 'b', take(),
  }
  write.ttl, write.lists = take(), takeLists()
  writes[#writes + 1] = write
end
takeWrites(writes)
local conflict = check(writes, 1)
if conflict then return conflict end
-- The last, so that nothing has to be put back where there is no room for it.
writes[#writes + 1] = {
  key = parent, kind = 'put', old = old, member = member, lists = {}, place = '', entry = old.entry,
  expires = expires, pending = old.pending, ttl = old.pending == '1' and pendingTtl or ttl,
  fields = { 'v', whole(old.version + 1), 'x', expires, 's', whole(last + count) },
}
return apply(writes) or { 'written', whole(last + 1), whole(old.version + 1) }
`;

/** KEYS documents. The documents as they are at one moment. */
export const readScript = `
local found = {}
for i, key in ipairs(KEYS) do found[i] = redis.call('HMGET', key, 'v', 'x', 'p', 's', 'n', 'e', 'b') end
return found
`;

/** KEYS pending, documents. ARGV milliseconds that a pending key lives longer, then version and member of each. */
export const settleScript = `
for i = 2, #KEYS do
  local version, member = ARGV[2 * i - 2], ARGV[2 * i - 1]
  local found = redis.call('HMGET', KEYS[i], 'v', 'p')
  if found[1] == version and found[2] == '1' then
    redis.call('HSET', KEYS[i], 'p', '0')
    local ttl = redis.call('PTTL', KEYS[i])
    if ttl > 0 then redis.call('PEXPIRE', KEYS[i], math.max(1, ttl - tonumber(ARGV[1]))) end
  end
  if found[1] == version or not found[1] then redis.call('ZREM', KEYS[1], member) end
end
return 'settled'
`;

/**
 * KEYS stale, document, lists. ARGV now, entry, its place, the entry that the document was seen with ('' for none), when to look
 * again at one that the search index has not settled. Takes an entry that no longer holds off the lists; answers how many
 * documents it removed, -1 where the document has changed since it was seen.
 */
export const unlistScript = `
local found = redis.call('HMGET', KEYS[2], 'e', 'x', 'p')
local entry, now = ARGV[2], tonumber(ARGV[1])
if (found[1] or '') ~= ARGV[4] then return -1 end
local removed = 0
if found[1] == entry then
  if found[2] == '' then
    redis.call('ZREM', KEYS[1], entry)
    return 0
  end
  if tonumber(found[2]) > now then
    redis.call('ZADD', KEYS[1], found[2], entry)
    return 0
  end
  if found[3] == '1' then
    redis.call('ZADD', KEYS[1], ARGV[5], entry)
    return 0
  end
  redis.call('DEL', KEYS[2])
  removed = 1
end
for i = 3, #KEYS do redis.call('ZREM', KEYS[i], ARGV[3]) end
redis.call('ZREM', KEYS[1], entry)
return removed
`;
