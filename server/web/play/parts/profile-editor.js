/** Choosing a face and a colour. */

import { strings } from '../../i18n/strings.js';
import { home } from '../strings/home.js';
import { avatar } from '../../kit/avatar.js';
import { delegate, h, patch } from '../../kit/dom.js';

const s = home.profileEditor;
const FACES = 12;
/** Dark enough for a white edge; most people with red-green blindness can tell them apart. */
const COLORS = ['#25694d', '#1f5fa8', '#7a3f98', '#b3362c', '#b86a00', '#5b6470', '#0b7a8a', '#a3276b'];

/**
 * @param {import('../../net/api.js').Profile} profile
 * @param {(changes: Partial<import('../../net/api.js').Profile>) => void} choose called at every choice
 */
export function openProfileEditor(profile, choose) {
  const dialog = document.createElement('dialog');
  const end = new AbortController();
  let { avatar_seed, color } = profile;
  let seeds = [avatar_seed, ...Array.from({ length: FACES - 1 }, randomSeed)];
  dialog.className = 'sheet profile-editor';
  dialog.setAttribute('aria-label', s.title);

  function draw() {
    patch(
      dialog,
      h('h2', null, s.title),
      h(
        'div',
        { class: 'faces' },
        seeds.map((seed, i) =>
          h(
            'button',
            {
              key: seed,
              type: 'button',
              'data-action': 'face',
              'data-seed': seed,
              'aria-label': s.face(i + 1),
              'aria-pressed': String(seed === avatar_seed),
            },
            avatar({ avatar_seed: seed, color }),
          ),
        ),
      ),
      h('button', { type: 'button', class: 'is-quiet', 'data-action': 'others' }, s.others),
      h(
        'div',
        { class: 'colors' },
        COLORS.map((value, i) =>
          h('button', {
            key: value,
            type: 'button',
            class: 'color',
            vars: { '--player-color': value },
            'data-action': 'color',
            'data-color': value,
            'aria-label': s.color(s.colors[i]),
            'aria-pressed': String(value === color),
          }),
        ),
      ),
      h('form', { method: 'dialog' }, h('button', { class: 'is-primary' }, strings.dismiss)),
    );
  }

  delegate(
    dialog,
    {
      face: ({ seed }) => {
        avatar_seed = seed ?? avatar_seed;
        choose({ avatar_seed });
        draw();
      },
      color: ({ color: value }) => {
        color = value ?? color;
        choose({ color });
        draw();
      },
      others: () => {
        seeds = [avatar_seed, ...Array.from({ length: FACES - 1 }, randomSeed)];
        draw();
      },
    },
    end.signal,
  );
  dialog.addEventListener('close', () => {
    end.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
}

function randomSeed() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
