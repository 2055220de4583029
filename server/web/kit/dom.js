/**
 * Pages are functions from a model to a tree; `patch` makes the document equal to the tree and touches nothing that is
 * equal already, so focus, scrolling and running transitions survive. Clicks are delegated by `data-action`.
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {string | number | null | undefined | false} Text
 * @typedef {{tag: string, key: string | undefined, vars: Record<string, string | number>,
 *   attributes: Record<string, string>, children: (Node_ | string)[]}} Node_
 * @typedef {Node_ | Text | readonly unknown[]} Child nested lists are laid flat
 */

/** @type {WeakMap<Node, string>} */
const keys = new WeakMap();

/**
 * A node of the tree. Special properties: `key` (identity among its siblings) and `vars` (CSS custom properties,
 * which are set by script because the content policy forbids style attributes). `true` gives an empty attribute;
 * `false`, `null` and `undefined` give none.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {Node_}
 */
export function h(tag, props, ...children) {
  const { key, vars = {}, ...rest } = props ?? {};
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === true) attributes[name] = '';
    else if (value !== false && value !== null && value !== undefined) attributes[name] = String(value);
  }
  return { tag, key, vars, attributes, children: flatten(children) };
}

/** @param {Child[]} children @returns {(Node_ | string)[]} */
function flatten(children) {
  return /** @type {any[]} */ (children)
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== '')
    .map((child) => (typeof child === 'number' ? String(child) : child));
}

/** Make the children of `parent` equal to the tree. @param {Element} parent @param {...Child} children */
export function patch(parent, ...children) {
  patchChildren(parent, flatten(children));
}

/** @param {Element} parent @param {(Node_ | string)[]} children */
function patchChildren(parent, children) {
  const old = Array.from(parent.childNodes);
  const used = new Set();
  const nodes = children.map((child) => {
    const match = old.find((node) => !used.has(node) && isSame(node, child)) ?? create(child, parent);
    used.add(match);
    return match;
  });
  // Removing first leaves the survivors in place, so that a focused element isn't moved (which would blur it).
  for (const node of old) if (!used.has(node)) node.remove();
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] ?? null);
    const child = children[i];
    if (typeof child === 'string') {
      if (node.nodeValue !== child) node.nodeValue = child;
    } else {
      patchElement(/** @type {Element} */ (node), child);
    }
  });
}

/** @param {Node} node @param {Node_ | string} child */
function isSame(node, child) {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  return node.nodeName.toLowerCase() === child.tag.toLowerCase() && keys.get(node) === child.key;
}

/** @param {Node_ | string} child @param {Element} parent */
function create(child, parent) {
  if (typeof child === 'string') return document.createTextNode(child);
  const isSvg = child.tag === 'svg' || parent.namespaceURI === SVG;
  const node = isSvg ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
  if (child.key !== undefined) keys.set(node, child.key);
  return node;
}

/** @param {Element} element @param {Node_} tree */
function patchElement(element, tree) {
  for (const { name } of Array.from(element.attributes)) {
    if (name !== 'style' && !(name in tree.attributes) && !ownedByUser(element, name)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(tree.attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  const style = /** @type {HTMLElement} */ (element).style;
  for (const [name, value] of Object.entries(tree.vars)) {
    if (style.getPropertyValue(name) !== String(value)) style.setProperty(name, String(value));
  }
  patchChildren(element, tree.children);
}

/** Whether a dialog or a details is open is the browser's to say. @param {Element} element @param {string} name */
function ownedByUser(element, name) {
  return name === 'open' && (element.tagName === 'DETAILS' || element.tagName === 'DIALOG');
}

/**
 * Carry out `data-action` of what was clicked or submitted.
 * @param {Element} root
 * @param {Record<string, (data: DOMStringMap, element: HTMLElement) => void>} actions
 * @param {AbortSignal} signal ends it
 */
export function delegate(root, actions, signal) {
  const run = (/** @type {Element | null} */ element) => {
    if (!(element instanceof HTMLElement)) return;
    actions[element.dataset.action ?? '']?.(element.dataset, element);
  };
  root.addEventListener(
    'click',
    (event) => {
      const element = /** @type {Element} */ (event.target).closest('[data-action]');
      if (element?.tagName !== 'FORM') run(element);
    },
    { signal },
  );
  root.addEventListener(
    'submit',
    (event) => {
      const form = /** @type {HTMLElement} */ (event.target);
      if (form.dataset.action === undefined) return;
      event.preventDefault();
      run(form);
    },
    { signal },
  );
}
