// The recommended rules of html-validate. Every rule that is set otherwise stands here with the reason.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  elements: ["html5"],
  rules: {
    // 70 characters as a reader counts them: a cycle may be named with marks that take five to write, like &#34;
    "long-title": ["error", { maxlength: 350 }],
  },
};
