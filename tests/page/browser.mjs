// The few things of a browser that the scripts of the page take when they are loaded.

const listeners = new EventTarget();

Object.assign(globalThis, {
  document: Object.assign(new EventTarget(), { body: { dataset: { base: "/_sandbox/s/_mock" } } }),
  location: { origin: "http://mock.test", pathname: "/", search: "", hash: "" },
  HTMLElement: class {},
  sessionStorage: new Map(),
  addEventListener: listeners.addEventListener.bind(listeners),
  removeEventListener: listeners.removeEventListener.bind(listeners),
});
sessionStorage.getItem = (name) => sessionStorage.get(name) ?? null;
sessionStorage.setItem = (name, value) => sessionStorage.set(name, value);

/** Load a script of the page. @param {string} name */
export const load = (name) => import(`../../mockserver/web/ui/${name}.js`);
