// The commands of bench/race/peer.py for PouchDB on a device and express-pouchdb as its server. Run with NODE_PATH set to
// the folder of its packages.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const PouchDB = require('pouchdb');

const NAME = 'race';
// PouchDB's own default is 100; larger batches are faster here.
const BATCH = 500;

// What a server's application may refuse: CouchDB's own way to say it.
const VALIDATION = {
  _id: '_design/touches',
  validate_doc_update: 'function (doc) { if (!/^\\d{4}-\\d\\d-\\d\\d$/.test(doc.day)) { throw({forbidden: "no day"}); } }',
};

const local = (folder) => new PouchDB(path.join(folder, NAME));

const commands = {
  async prepare(folder) {
    const db = local(folder);
    await db.put(VALIDATION);
    await db.close();
  },

  async serve(folder, port) {
    const app = require('express')();
    const Server = PouchDB.defaults({prefix: folder + path.sep});
    app.use('/', require('express-pouchdb')(Server, {
      mode: 'fullCouchDB', configPath: path.join(folder, 'config.json'), logPath: path.join(folder, 'log.txt'),
    }));
    new Server(NAME);
    fs.writeFileSync(path.join(folder, 'url'), `http://127.0.0.1:${port}`);
    app.listen(Number(port), '127.0.0.1');
    await new Promise(() => {});
  },

  async admit(server, device, url) {
    fs.writeFileSync(path.join(device, 'url'), url);
  },

  async capture(device) {
    const db = local(device);
    const docs = [];
    for await (const line of readline.createInterface({input: process.stdin})) {
      const {name, ...rest} = JSON.parse(line);
      docs.push({_id: name, ...rest});
    }
    for (let i = 0; i < docs.length; i += BATCH) await db.bulkDocs(docs.slice(i, i + BATCH));
    await db.close();
  },

  async sync(device) {
    const db = local(device);
    const url = fs.readFileSync(path.join(device, 'url'), 'utf8') + '/' + NAME;
    const started = process.hrtime.bigint();
    await db.replicate.to(url, {batch_size: BATCH});
    console.log(Number(process.hrtime.bigint() - started) / 1e9);
    await db.close();
  },

  // leveldb lets one program in: the server is asked while it runs.
  async held(folder) {
    const url = fs.readFileSync(path.join(folder, 'url'), 'utf8');
    const answer = await fetch(`${url}/${NAME}/_all_docs`);
    const {rows} = await answer.json();
    const names = rows.map((row) => row.id).filter((id) => !id.startsWith('_design'));
    // To the end: what still waits in a pipe when the program exits is lost.
    await new Promise((written) => process.stdout.write(JSON.stringify(names) + '\n', written));
  },
};

const [command, ...words] = process.argv.slice(2);
commands[command](...words).then(() => process.exit(0), (error) => {
  console.error(String(error && error.message ? error.message : error));
  process.exit(1);
});
