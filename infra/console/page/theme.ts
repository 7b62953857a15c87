/** Before anything is drawn: the page comes up in the colours that were chosen. */
const chosen = localStorage.getItem('theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
