/** Die Prüfung des Mischens. */

/** @type {typeof import('../en/verify.js').default} */
export default {
  busy: 'Jede Runde wird neu ausgeteilt …',
  fair: (rounds) =>
    'Geprüft: Der Startwert stand vor der ersten Karte fest, und aus ihm und den Beiträgen der Spieler ' +
    `${rounds === 1 ? 'wurde 1 Runde' : `wurden ${rounds} Runden`} ausgeteilt.`,
  unfair: (why) => `Das Mischen stimmt nicht: ${why}`,
  fork: 'Aber es setzt ein anderes Spiel fort, dessen Startwert bekannt ist: Wer nachsah, konnte die Karten kennen.',
  unfinished: 'Dieses Spiel ist nicht zu Ende. Bis dahin bleibt der Startwert geheim, und es gibt nichts zu prüfen.',
  insecure:
    'Diese Seite wurde nicht über https geladen, darum leiht ihr der Browser seine Kryptographie nicht. Öffne sie ' +
    'über https oder auf localhost, oder prüfe das Spiel mit dem Skript aus der Dokumentation.',
  wrong: {
    log: 'Das Protokoll des Spiels ergibt keinen Sinn.',
    seed: 'Der Startwert wurde nicht offengelegt.',
    commitment: 'Der Startwert ist nicht der, der zugesagt war.',
    seats: 'Die Spieler haben nicht die Plätze, die sie gewählt haben.',
    deal: (round) => `Runde ${round + 1} wurde anders ausgeteilt.`,
  },
  checks: {
    fits: {
      commitment: 'Der geheime Startwert ist der, dessen Fingerabdruck vor der ersten Karte genannt wurde.',
      seats: 'Alle haben die Plätze, die sie gewählt haben, und ihre Beiträge zur Mischung.',
      deal: (round, cards) => `Runde ${round + 1}: ${cards} Karten neu gemischt, jede Hand und der Trumpf sind gleich.`,
    },
    differs: {
      commitment: 'Der geheime Startwert ist nicht der, dessen Fingerabdruck vor der ersten Karte genannt wurde.',
      seats: 'Jemand hat nicht den Platz, der gewählt wurde.',
      deal: (round, _cards) => `Runde ${round + 1}: neu gemischt, hätte jemand andere Karten gehabt.`,
    },
  },
  how: 'Wie das berechnet wurde',
  explanation:
    'Bevor sich jemand setzte, hat der Server einen Fingerabdruck seines geheimen Startwerts veröffentlicht und ' +
    'konnte ihn danach nicht mehr austauschen. Dein Browser hat den Fingerabdruck neu berechnet, dann jeden Stapel ' +
    'aus dem Startwert und den Werten der Spieler, und hat sie mit den Karten des Protokolls verglichen.',
  commitment: 'Fingerabdruck, vor dem Spiel genannt',
  seed: 'Startwert, danach offengelegt',
  secret: 'noch geheim',
  shareOf: (name) => `Beitrag von ${name}`,
  noShare: 'nichts',
};
