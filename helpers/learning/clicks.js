// The row of clicks.py: a button for each letter, or a field for a number. JupyterLab takes single keys ("d d" deletes
// the cell) from what has the focus, unless that very element says otherwise: hence `quiet`.
const SAME = 'font: inherit; margin: 2px 6px 2px 0; padding: 4px 14px; border-radius: 3px; cursor: pointer; '
  + 'color: var(--jp-ui-font-color1, inherit); background: var(--jp-layout-color1, transparent); ';
const OPEN = SAME + 'border: 1px solid var(--jp-ui-font-color2, currentColor)';
const CHOSEN = SAME + 'font-weight: bold; border: 1px solid #3b82c4; box-shadow: inset 6px 0 0 #3b82c4';

const quiet = (node) => { node.setAttribute('data-lm-suppress-shortcuts', 'true'); return node; };
const make = (name, props = {}, ...children) => {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children);
  return node;
};

function render({ model, el }) {
  const get = (name) => model.get(name);
  const view = 'row-' + Math.random().toString(36).slice(2);
  let sent = 0, late, waiting = {};  // what was entered here and is not recorded yet

  const status = make('p');
  status.setAttribute('role', 'status');
  status.setAttribute('aria-live', 'polite');
  status.style.cssText = 'margin: 2px 0 4px';
  const row = make('div');
  row.setAttribute('role', 'group');
  row.setAttribute('aria-label', `Your prediction for ${get('about')}`);

  const enter = (entered) => {
    waiting = entered;
    draw();
    clearTimeout(late);
    late = setTimeout(() => {
      status.textContent = 'Not recorded yet: the kernel is busy. If it was restarted, run this cell again.';
    }, 1500);
    model.send({ ...entered, name: `${view} ${++sent}` });
  };

  const buttonsFor = (list, send) => list.map(([value, label, text]) => {
    const button = quiet(make('button', { type: 'button', title: text }));
    button.setAttribute('aria-label', label);
    button.addEventListener('click', () => send(value));
    return [value, button];
  });
  // Arrows go along a row, and what names one of its buttons presses it.
  const keys = (group, list, send) => group.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === 'INPUT') return;
    const at = list.findIndex(([, button]) => button === document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const named = list.find(([value]) => String(value) === event.key.toLowerCase());
    const next = named ?? (step && list[(at + step + list.length) % list.length]);
    if (!next) return;
    event.preventDefault();
    next[1].focus();
    if (named) send(named[0]);
  });
  const choose = (choice) => enter({ choice });
  const grade = (sure) => enter({ sure });
  const buttons = buttonsFor(get('options').map(([letter, text]) => [letter, `${letter}: ${text}`, text]), choose);
  row.append(...buttons.map(([, button]) => button));
  keys(row, buttons, choose);

  const scale = make('div', {}, 'How sure? ');
  scale.setAttribute('role', 'group');
  scale.setAttribute('aria-label', `How sure you are of ${get('about')}`);
  const levels = buttonsFor(get('levels').map(([level, words]) => [level, `${level}: ${words}`, words]), grade);
  scale.append(...levels.map(([, button]) => button));
  keys(scale, levels, grade);

  let field;
  if (!buttons.length) {
    field = quiet(make('input', { type: 'text', inputMode: 'decimal', value: get('chosen') }));
    field.style.cssText = SAME + 'cursor: text; width: 8em; border: 1px solid var(--jp-ui-font-color2, currentColor)';
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Enter') choose(field.value);
    });
    const record = quiet(make('button', { type: 'button', textContent: 'Record' }));
    record.style.cssText = OPEN;
    record.addEventListener('click', () => choose(field.value));
    row.append(make('label', {}, 'Your prediction: ', field, `${get('unit')} `), record);
  }

  // The buttons stay the same ones: a new one would lose the focus to the notebook, whose keys delete cells.
  const mark = (button, pressed, words) => {
    button.setAttribute('aria-pressed', String(pressed));
    button.textContent = `${pressed ? '◆' : '◇'} ${words}`;
    button.style.cssText = pressed ? CHOSEN : OPEN;
  };
  const draw = () => {
    const chosen = waiting.choice ?? get('chosen');
    const sure = waiting.sure ?? (waiting.choice === undefined || waiting.choice === get('chosen') ? get('sure') : 0);
    for (const [letter, button] of buttons) mark(button, letter === chosen, letter);
    for (const [level, button] of levels) mark(button, level === sure, button.title);
    scale.style.display = chosen && !get('settled') ? '' : 'none';
  };
  const tell = () => { status.textContent = get('status'); };
  const heard = () => {
    if (get('heard') !== `${view} ${sent}`) return;
    clearTimeout(late);
    waiting = {};
    draw();
    tell();
  };
  model.on('change:chosen', draw);
  model.on('change:sure', draw);
  model.on('change:settled', draw);
  model.on('change:status', tell);
  model.on('change:heard', heard);
  draw();
  tell();
  el.style.margin = '0 2em';  // below the card
  el.append(row, scale, status);
  return () => {
    clearTimeout(late);
    model.off('change:chosen', draw);
    model.off('change:sure', draw);
    model.off('change:settled', draw);
    model.off('change:status', tell);
    model.off('change:heard', heard);
  };
}

export default { render };
