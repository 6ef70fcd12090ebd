/**
 * Runs in mongosh: makes the members one replica set and brings its users in line. It looks before it acts, so it can run
 * at any time, and any number of times. It reads
 * MONGODB_HOSTS (host:port,...; the first one is where root was made), MONGODB_REPLICA_SET,
 * MONGODB_ROOT_PASSWORD, MONGODB_USERS (JSON: name, roles, password: name of the variable that holds it).
 */
export const initiateScript = `
const hosts = process.env.MONGODB_HOSTS.split(',');
const replicaSet = process.env.MONGODB_REPLICA_SET;
const users = JSON.parse(process.env.MONGODB_USERS);
const timeouts = 'serverSelectionTimeoutMS=5000&connectTimeoutMS=5000';
const secondsBetweenTries = 3;
const tries = 200;

// Tries until it works. A refused password will not be accepted later, and is not tried again.
function untilItWorks(what, attempt) {
  let last = '';
  for (let left = tries; left > 0; left--) {
    try {
      // Not returned at once: mongosh would wait for it outside of this try.
      const result = attempt();
      return result;
    } catch (error) {
      if (error.codeName === 'AuthenticationFailed' || error.code === 18)
        throw new Error('root cannot log in (' + what + '): the Secret mongodb-root is not what it was when the first ' +
          'member started on an empty disk, or that start was cut short before root was made');
      if (error.message !== last) print('waiting: ' + what + ': ' + error.message);
      last = error.message;
      sleep(secondsBetweenTries * 1000);
    }
  }
  throw new Error('gave up: ' + what + ': ' + last);
}

function adminOf(address, login, options) {
  const credentials = login ? 'root:' + encodeURIComponent(process.env.MONGODB_ROOT_PASSWORD) + '@' : '';
  const uri = 'mongodb://' + credentials + address + '/?' + (login ? 'authSource=admin&' : '') + options + '&' + timeouts;
  return new Mongo(uri).getDB('admin');
}

// 1. Every member answers. hello needs no login.
const members = [];
for (const host of hosts) {
  const hello = untilItWorks(host + ' answers', () => adminOf(host, false, 'directConnection=true').runCommand({ hello: 1 }));
  if (hello.setName && hello.setName !== replicaSet) throw new Error(host + ' belongs to another replica set: ' + hello.setName);
  members.push({ host, initiated: Boolean(hello.setName) });
}
print(hosts.length + ' of ' + hosts.length + ' members answer');

// 2. Initiated once, by the member that has root.
if (!members.some((member) => member.initiated)) {
  const config = { _id: replicaSet, members: hosts.map((host, index) => ({ _id: index, host })) };
  untilItWorks('initiate ' + replicaSet, () => {
    try {
      adminOf(hosts[0], true, 'directConnection=true').runCommand({ replSetInitiate: config });
      print('initiated ' + replicaSet);
    } catch (error) {
      if (error.codeName !== 'AlreadyInitialized') throw error;
      print(replicaSet + ' is initiated already');
    }
  });
  for (const member of members) member.initiated = true;
}

// 3. It has a primary.
const seeds = members.filter((member) => member.initiated).map((member) => member.host).join(',');
const admin = untilItWorks(replicaSet + ' has a primary', () => {
  const connected = adminOf(seeds, true, 'replicaSet=' + replicaSet);
  const hello = connected.runCommand({ hello: 1 });
  if (!hello.isWritablePrimary) throw new Error('no primary yet');
  print('primary is ' + hello.primary);
  return connected;
});

// 4. Members that were added since: one at a time, as the server asks for. Each votes when it has caught up.
const configured = () => admin.runCommand({ replSetGetConfig: 1 }).config;
for (const host of hosts) {
  untilItWorks('add ' + host, () => {
    const config = configured();
    if (config.members.some((member) => member.host === host)) return;
    const highest = Math.max(...config.members.map((member) => member._id));
    config.version += 1;
    config.members.push({ _id: highest + 1, host });
    admin.runCommand({ replSetReconfig: config });
    print('added ' + host);
  });
}
for (const member of configured().members)
  if (!hosts.includes(member.host))
    print('WARNING: ' + member.host + ' is a member that is not declared any more; it counts for the majority until rs.remove() takes it out');

// 5. Users, with the passwords and the roles of today.
for (const user of users) {
  const pwd = process.env[user.password];
  if (!pwd) throw new Error(user.password + ' is empty');
  const rights = { pwd, roles: user.roles, mechanisms: ['SCRAM-SHA-256'], writeConcern: { w: 'majority', wtimeout: 60000 } };
  untilItWorks('user ' + user.name, () => {
    const known = admin.runCommand({ usersInfo: { user: user.name, db: 'admin' } }).users.length > 0;
    admin.runCommand(known ? { updateUser: user.name, ...rights } : { createUser: user.name, ...rights });
    print((known ? 'updated' : 'created') + ' user ' + user.name);
  });
}
print('done');
`;
