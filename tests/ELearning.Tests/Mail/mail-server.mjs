// node mail-server.mjs '{"key":"...","cert":"...","secure":false,"user":"...","password":"...","answers":{"RCPT":[450]}}'
// A mail server of somebody else's making (npm smtp-server, postal-mime). Says its port, then each letter, a JSON line each.
import { SMTPServer } from 'smtp-server';
import PostalMime from 'postal-mime';

const wish = JSON.parse(process.argv[2]);
const say = value => process.stdout.write(`${JSON.stringify(value)}\n`);

// The next answer to a command, as the test wants it; then all is well.
const refuse = command => {
  const code = wish.answers?.[command]?.shift();
  return code ? Object.assign(new Error(`Somebody wanted this ${command} refused`), { responseCode: code }) : null;
};

const server = new SMTPServer({
  key: wish.key, cert: wish.cert, secure: wish.secure,
  authOptional: !wish.user,
  authMethods: wish.methods ?? ['PLAIN', 'LOGIN'],
  disabledCommands: wish.disabled ?? [],
  onAuth(auth, session, done) {
    if (auth.username === wish.user && auth.password === wish.password) done(null, { user: auth.username });
    else done(new Error('Name or password is wrong'));
  },
  onRcptTo(address, session, done) { done(refuse('RCPT')); },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', part => parts.push(part));
    stream.on('end', async () => {
      const refused = refuse('DATA');
      if (!refused) {
        const raw = Buffer.concat(parts);
        const mail = await PostalMime.parse(raw);
        say({
          from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(to => to.address), secure: session.secure, user: session.user ?? null,
          sender: mail.from, subject: mail.subject, text: mail.text, html: mail.html, id: mail.messageId, date: mail.date,
          headers: mail.headers.map(header => header.key), longest: Math.max(...raw.toString('latin1').split('\r\n').map(line => line.length)),
          ascii: raw.every(byte => byte < 128),
        });
      }
      done(refused);
    });
  },
  logger: false,
});
server.on('error', () => { }); // a client that hangs up is what some tests want to see
server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }));
process.stdin.resume().on('end', () => process.exit());
