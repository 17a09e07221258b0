// The one rule by which names of people are masked, as domain/name.py has it.

const SURNAMES = new Set(
  (
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 独孤 獨孤 南宫 南宮 夏侯 皇甫 尉迟 尉遲 公孙 公孫 慕容 " +
    "令狐 长孙 長孫 宇文 轩辕 軒轅 鲜于 鮮于 端木 申屠 太史 澹台 澹臺 公冶 宗政 濮阳 濮陽 淳于 单于 單于 闻人 聞人 钟离 " +
    "鍾離 拓跋 呼延 赫连 赫連 万俟 萬俟 百里 东郭 東郭 西门 西門 第五"
  ).split(" "),
);
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;
// What Unicode names "CJK …": ideographs, unified and for compatibility, radicals and strokes.
const RADICALS = "\\u2e80-\\u2e99\\u2e9b-\\u2ef3\\u31c0-\\u31e5";
const IDEOGRAPHS = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\u{20000}-\\u{2fa1d}\\u{30000}-\\u{323af}";
const HAN = new RegExp(`^[${RADICALS}${IDEOGRAPHS}\\uf900-\\ufa6d\\ufa70-\\ufad9]+$`, "u");
// What Python calls white at the ends of a text, but for what is refused anyway.
const OUTER = /^(?:[^\S\ufeff]|[\u0085\u001c-\u001f])+|(?:[^\S\ufeff]|[\u0085\u001c-\u001f])+$/gu;
const LONGEST = 100; // characters

// 张三 → 张*, 欧阳修 → 欧阳*, John Smith → J***; null where nobody is called that.
export function masked(name) {
  const tidy = name.normalize("NFC").replace(OUTER, "");
  const characters = [...tidy];
  if (!characters.length || characters.length > LONGEST) return null;
  if (/^\p{M}/u.test(tidy) || UNSEEN.test(tidy)) return null;
  if (!HAN.test(tidy)) return characters[0] + "***";
  if (characters.length === 1) return "*";
  const surname = characters.length > 2 && SURNAMES.has(characters.slice(0, 2).join("")) ? 2 : 1;
  return characters.slice(0, surname).join("") + "*".repeat(characters.length - surname);
}
