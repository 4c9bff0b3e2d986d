export default function ({ parentElement, data }) {
  parentElement.querySelector(".plot").innerHTML = data.figure;
}
