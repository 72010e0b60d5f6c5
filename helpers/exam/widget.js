// One question at a time, by keyboard or mouse. JupyterLab's command mode takes single keys ("d d" deletes the cell)
// from whatever in a notebook has the focus, unless that very element says otherwise: hence `quiet` on each of them.
const quiet = (node) => { node.setAttribute('data-lm-suppress-shortcuts', 'true'); return node; };
const make = (name, props = {}, ...children) => {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children);
  return node;
};
// Text with `code` in it, as nodes, so that no text can become markup.
const rich = (text) => text.split('`').map((part, i) => (i % 2 ? make('code', {textContent: part}) : part));
const LINK = /\[([^\]]+)\]\(([\w.-]+\.ipynb)(#cell-id=[\w-]+)\)/;

function render({ model, el }) {
  const get = (name) => model.get(name);
  const name = 'question-' + Math.random().toString(36).slice(2);
  const all = get('questions');
  let at = 0, sure = false, sent = 0, late, began = performance.now();
  // The questions that are gone through; which is for the reader to choose.
  const isOpen = (question) => !(String(question.number) in get('answers'));
  const kinds = {
    all: ['All questions', () => true],
    open: ['Open ones', isOpen],
    flagged: ['Flagged ones', (question) => get('flagged').includes(question.number)],
    wrong: ['Wrong ones', (question) => get('wrong').includes(question.number)],
  };
  const isShown = (question) => kinds[get('only')][1](question);
  const step = (from, by) => {
    for (let i = from + by; i >= 0 && i < all.length; i += by) if (isShown(all[i])) return i;
    return -1;
  };

  const form = make('div');
  const status = make('p');
  status.setAttribute('role', 'status');
  status.setAttribute('aria-live', 'polite');
  const clock = make('p');
  clock.setAttribute('role', 'timer');
  clock.setAttribute('aria-live', 'off');
  const result = quiet(make('div', {tabIndex: -1}));
  result.setAttribute('role', 'region');
  result.setAttribute('aria-label', 'Result');
  const button = (text, act) => {
    const node = quiet(make('button', {type: 'button', textContent: text}));
    node.addEventListener('click', act);
    return node;
  };
  // JupyterLab opens a notebook at a cell only by its own handler of links; any other page opens the notebook beside this one.
  const link = (words, file, cell) => {
    const node = quiet(make('a', {textContent: words, href: file + cell, target: '_blank', rel: 'noopener'}));
    const { resolver, linkHandler } = model.widget_manager?.rendermime ?? {};
    if (resolver && linkHandler) node.addEventListener('click', async (event) => {
      event.preventDefault();
      const handled = make('a');
      linkHandler.handleLink(handled, await resolver.resolveUrl(file), cell);
      handled.click();
    });
    return node;
  };
  const linked = (text) => text.split(LINK).flatMap((part, i, parts) =>
    i % 4 === 0 ? rich(part) : i % 4 === 1 ? [link(...parts.slice(i, i + 3))] : []);
  const tell = (message) => {
    clearTimeout(late);
    late = setTimeout(() => {
      status.textContent = 'Not recorded yet: the kernel is busy. If it was restarted, run this cell again.';
    }, 3000);
    model.send({...message, name: `${name} ${++sent}`});
  };
  // What was entered is shown until the kernel tells what it recorded.
  const put = (question, value) => {
    sure = false;
    model.set('answers', {...get('answers'), [question.number]: value});
    tell({do: 'record', number: question.number, value});
  };

  const inputs = (question) => {
    const given = get('answers')[question.number] ?? '';
    if (!question.options.length || question.kind === 'order') {
      const field = quiet(make('input', {type: 'text', value: given}));
      field.setAttribute('aria-label', 'Your answer: ' + question.takes);
      field.addEventListener('change', () => put(question, field.value));
      field.addEventListener('keydown', (event) => event.stopPropagation());
      field.disabled = get('done');
      return [make('label', {}, 'Your answer: ', field)];
    }
    return question.options.map(([letter, text]) => {
      const one = quiet(make('input', {
        type: question.kind === 'multiple' ? 'checkbox' : 'radio', name: name + at, value: letter,
        checked: given.includes(letter), disabled: get('done'),
      }));
      one.addEventListener('change', () => {
        const chosen = [...form.querySelectorAll('input')].filter((input) => input.checked);
        put(question, chosen.map((input) => input.value).join(''));
      });
      const label = make('label', {}, one, letter === text ? ' ' : ` ${letter}) `, ...rich(text));
      label.style.cssText = 'display: block; padding: 0.25em 0';
      return label;
    });
  };

  // What stands below the question, apart from it: whoever is typing an answer is not disturbed.
  const marks = () => {
    const on = get('flagged').includes(all[at].number);
    flag.setAttribute('aria-pressed', String(on));  // which alone tells it: the label stays
    flag.disabled = get('done');
    only.value = get('only');
    [...only.options].find((one) => one.value === 'wrong').disabled = !get('done');
  };

  const draw = (focus) => {
    start.style.display = get('begun') ? 'none' : '';
    form.style.display = moves.style.display = get('begun') ? '' : 'none';
    if (!get('begun')) return;
    for (const node of [flag, only, finish]) node.style.display = get('practice') ? 'none' : '';
    const question = all[at];
    const legend = make('legend', {}, `Question ${question.number} of ${all.length}. `, ...rich(question.text));
    legend.style.cssText = 'white-space: pre-wrap; padding: 0.3em 0';
    const group = make('fieldset', {}, legend);
    group.style.cssText = 'border: 1px solid; padding: 0.6em 1em; min-width: 0';
    if (question.code) {
      const code = make('pre', {textContent: question.code});
      code.style.cssText = 'overflow: auto; padding: 0.5em; border-left: 3px solid';
      group.append(code);
    }
    if (question.options.length && question.kind === 'order')
      group.append(make('ul', {}, ...question.options.map(([l, t]) => make('li', {}, `${l}) `, ...rich(t)))));
    const how = question.kind === 'multiple' ? 'Tick whatever holds, one or more.' : question.takes && `Answer with ${question.takes}.`;
    if (how) group.append(make('p', {}, ...rich(how)));
    if (question.rule) {  // recalled first, then unfolded, then graded
      const fold = make('details', {}, quiet(make('summary', {textContent: 'The rule'})), make('p', {}, ...rich(question.rule)));
      group.append(fold, make('p', {textContent: 'How well did you know it?'}));
    }
    group.append(...inputs(question));
    const told = get('feedback')[question.number];
    if (told) {
      const note = make('p', {}, ...linked(told));
      note.style.cssText = 'white-space: pre-wrap; border-top: 1px solid; padding-top: 0.5em';
      group.append(note);
    }
    form.replaceChildren(group);
    previous.disabled = step(at, -1) < 0;
    next.disabled = step(at, 1) < 0;
    marks();
    if (focus) (group.querySelector('input:checked:not(:disabled)') ?? group.querySelector('input:not(:disabled)') ?? (next.disabled ? previous : next)).focus();
  };
  const go = (place) => { at = place; sure = false; draw(true); };

  const previous = button('Previous', () => step(at, -1) >= 0 && go(step(at, -1)));
  const next = button('Next', () => step(at, 1) >= 0 && go(step(at, 1)));
  const flag = button('Flag', () => {
    const number = all[at].number, on = !get('flagged').includes(number);
    model.set('flagged', on ? [...get('flagged'), number] : get('flagged').filter((one) => one !== number));
    tell({do: 'flag', number, value: on});
  });
  const only = quiet(make('select', {}, ...Object.entries(kinds).map(([value, [text]]) => make('option', {value}, text))));
  only.setAttribute('aria-label', 'Which questions to go through');
  only.addEventListener('change', () => {
    const before = get('only');
    model.set('only', only.value);
    const found = isShown(all[at]) ? at : [step(at, 1), step(at, -1)].find((i) => i >= 0);
    if (found === undefined) {
      model.set('only', before);
      status.textContent = `There are none: ${kinds[only.value][0].toLowerCase()}.`;
    } else at = found;
    draw(false);
  });
  const start = make('div', {}, make('p', {textContent: `${all.length} questions. The clock starts when you begin.`}),
    button('Begin', () => {
      model.set('begun', true);
      began = performance.now();
      draw(true);
      tick();
      tell({do: 'begin'});
    }));
  const open = button('Next open question', () => {
    const found = [...all.keys()].map((i) => (at + 1 + i) % all.length).find((i) => isOpen(all[i]));
    if (found === undefined) status.textContent = 'Every question has an answer.';
    else go(found);
  });
  const finish = button('Hand in', () => {
    tell({do: 'hand in', sure});
    sure = true;
  });

  const showResult = (focus) => {
    const rows = get('result');
    result.replaceChildren(...rows.map((row) => make(row.head ? 'h3' : 'p', {}, ...rich(row.text))));
    result.style.display = rows.length ? '' : 'none';
    open.disabled = finish.disabled = get('done');
    if (focus && rows.length) result.focus();
  };
  let left = get('left');
  const tick = () => {
    const seconds = left - (performance.now() - began) / 1000;
    clock.textContent = get('done') || get('practice') ? '' : seconds > 60 ? `Time left: ${Math.ceil(seconds / 60)} minutes`
      : seconds > 0 ? 'Time left: less than a minute' : 'The time is over: answers are kept and counted apart.';
  };
  const timer = setInterval(tick, 5000);
  tick();

  model.on('change:status', () => { status.textContent = get('status'); });
  model.on('change:heard', () => {
    if (get('heard') !== `${name} ${sent}`) return;
    clearTimeout(late);
    status.textContent = get('status');
  });
  model.on('change:begun', () => { began = performance.now(); tick(); draw(false); });
  model.on('change:left', () => { left = get('left'); began = performance.now(); tick(); });
  model.on('change:flagged', marks);
  model.on('change:feedback', () => draw(form.contains(form.getRootNode().activeElement)));
  model.on('change:done', () => { tick(); draw(false); });
  model.on('change:result', () => { draw(false); showResult(true); });
  status.textContent = get('status');
  const moves = make('div', {}, previous, next, open, flag, only, finish);
  el.classList.add('course-exam');
  el.append(clock, start, form, moves, status, result);
  at = Math.max(step(-1, 1), 0);
  draw(false);
  showResult(false);
  model.send({do: 'look'});
  return () => { clearInterval(timer); clearTimeout(late); };
}
export default { render };
