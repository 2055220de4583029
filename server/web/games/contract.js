/**
 * What `games/NAME/client.js` exports: everything that the rest of the browser client knows of a game. This module has
 * types and nothing else. Parts that the first move can do without are functions that load them.
 *
 * @typedef {import('./table/view.js').View} View
 * @typedef {import('./table/view.js').TableRoom} TableRoom
 * @typedef {import('./table/fold.js').RoomEvent} RoomEvent
 * @typedef {import('../kit/dom.js').Child} Child
 * @typedef {import('../net/api.js').Api} Api
 *
 * @typedef {object} Screen what the page of a room knows beside the room
 * @property {string[]} log what happened, newest last
 * @property {Record<string, any>} own for the game's own use
 *
 * @typedef {object} Beside what the page of a room gives to a table to be drawn with it
 * @property {Child} chat
 * @property {Child} leave the button that leaves the game
 *
 * @typedef {object} Tools
 * @property {() => void} draw draw again, with the next frame
 * @property {(text: string) => void} toast
 *
 * @typedef {object} GameClient
 * @property {readonly string[]} sheets style sheets that the table needs
 * @property {(view: View, event: RoomEvent) => View | null} [fold] applies an event to a view; null: a fresh view is
 *   needed. Without it the server is asked for the view after every event.
 * @property {{commands: readonly string[], events: readonly string[]}} moves names of the commands that make a move,
 *   and of the events that show it made: with them an offer to move has ended
 * @property {Readonly<Record<string, number>>} holdMs how long a view stays on display at least, in milliseconds, by
 *   the name of the event that led to it
 * @property {Readonly<Record<string, string>>} refusals the game's own reasons to refuse a command, by code
 * @property {(view: View) => Child} progress how far the game is, for the bar
 * @property {(room: TableRoom, screen: Screen, beside: Beside | null) => Child} table a game that is being played;
 *   `beside` null: not loaded yet
 * @property {(root: Element, room: TableRoom, screen: Screen, tools: Tools, signal: AbortSignal) => void} run hears
 *   clicks and keys on the table until `signal`
 * @property {(event: RoomEvent, screen: Screen) => void} [onShown] an event has come on display
 * @property {() => Promise<unknown>} [prepare] loads what is drawn beside the table
 * @property {() => Promise<Sentences>} sentences
 * @property {() => Promise<Replay>} replay
 * @property {() => Promise<Settings>} [settings] what a host may choose; without it the lobby shows no settings
 * @property {() => Promise<{details: (view: View) => Child}>} [result] what a result shows below the ranking
 * @property {() => Promise<Fairness>} [fairness] without it the page can't check how the game was shuffled
 * @property {() => Promise<{title: string, keys: [keys: string, what: string][]}>} [help] what the keys do
 *
 * @typedef {object} Sentences
 * @property {(event: RoomEvent, before: View, after: View) => string} sentence empty: nothing that people need to be told
 * @property {(view: View) => string} handInWords what the player of this view holds; empty: nothing
 *
 * @typedef {object} Choice a setting with a list of values
 * @property {string} name in the room's config
 * @property {string} label
 * @property {readonly number[]} values
 * @property {number} usual
 * @typedef {{choices: readonly Choice[], seats: readonly number[]}} Settings `seats`: how many players there may be
 *
 * @typedef {object} Replay
 * @property {(visit: ReplayVisit) => Promise<void>} openReplay rejects with `UnknownRules` if the game is played by
 *   rules that this client doesn't know
 * @typedef {object} ReplayVisit
 * @property {Element} root
 * @property {Api} api
 * @property {string} gameId of a completed game
 * @property {import('./replay/address.js').Place} place where to begin
 * @property {(answer: {game_id: string, ws_url?: string}) => void} enter goes to a room
 * @property {AbortSignal} signal ends it
 *
 * @typedef {object} Fairness
 * @property {(api: Api, gameId: string, tell: (found: any) => void, promised?: string) => Promise<void>} checkGame
 *   `promised`: the commitment that this browser was told before the game; `tell` is called as it goes
 * @property {(found: any) => Child} verification what was told, drawn
 *
 * @typedef {object} Welcome the start page, as far as it is a game's: `games/NAME/welcome.js`
 * @property {Child} emblem
 * @property {string} tagline
 * @property {string[]} rules
 * @property {Settings} settings
 */

export {};
