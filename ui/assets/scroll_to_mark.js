for (const mark of document.querySelectorAll("#setu-mark")) {
  const box = mark.closest(".setu-page");
  if (box) box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
}
if (window.innerWidth <= 900) document.querySelector(".st-key-source")?.scrollIntoView();
