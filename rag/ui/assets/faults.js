// What the server says went wrong, or how far it is, in the reader's language. The library speaks English,
// in lines that tests keep; a line that is not known here is shown as it came.

const KINDS = [
  [/^an? ([\w-]+) image$/, (kind) => `${kind} 图片`],
  [/^an? ([\w-]+) archive$/, (kind) => `${kind} 压缩包`],
  [/^an old Office file \(.*\)$/, () => "旧版 Office 文件（.doc、.xls 或 .ppt）"],
  [/^a (?:Windows )?program$/, () => "程序"],
  [/^a media file$/, () => "音频或视频"],
  [/^a video$/, () => "视频"],
  [/^a font$/, () => "字体"],
  [/^an? (\w+) database$/, (kind) => `${kind} 数据库`],
  [/^an? (\w+) file$/, (kind) => `${kind} 文件`],
];

const STEPS = [
  [/^Unpack it and index the files in it$/, () => "请解压后上传其中的文件"],
  [/^Run OCR on it and index the text$/, () => "请先用 OCR 识别成文字"],
  [/^Save it as \.docx or PDF$/, () => "请另存为 .docx 或 PDF"],
  [/^Convert it to PDF$/, () => "请转换成 PDF"],
  [/^Leave it out$/, () => "请不要上传"],
];

const DOUBTS = [
  [/^the text reads oddly in every encoding known$/, () => "用哪种已知的编码读都不太通顺"],
  [/^(\S+) is nearly as likely$/, (encoding) => `${encoding} 也有可能`],
  [/^there are too few characters to be sure$/, () => "字数太少，不能确定"],
  [/^NUL characters were replaced$/, () => "其中的 NUL 字符已被替换"],
];

// "3 documents, 1,200 passages, 2 documents/s, 12%, about 3 min left; embedding 64 of 512", with all but
// the first two at times left out.
const PROGRESS = /^([\d,]+) documents, ([\d,]+) passages(?:, ([\d,]+) documents\/s)?(?:, (\d+%), about ([\d.]+) (s|min|h) left)?(?:; embedding ([\d,]+) of ([\d,]+))?$/;
const UNITS = { s: "秒", min: "分钟", h: "小时" };

function progress(documents, passages, pace, share, left, unit, done, of) {
  return [`${documents} 篇文档`, `${passages} 个段落`, pace && `每秒 ${pace} 篇`, share, left && `大约还要 ${left} ${UNITS[unit]}`, done && `正在计算向量 ${done} / ${of}`].filter(Boolean).join("，");
}

const zh = [
  [PROGRESS, progress],
  // Questions.
  [/^The question is empty\b/, () => "问题是空的，请写点什么再提问。"],
  [/^The question holds function words only\b/, () => "问题里只有虚词，请写上要找的词。"],
  [/^The question holds no letters or digits\b/, () => "问题里没有文字或数字，请至少写一个词。"],
  [/^The question has ([\d,]+) characters; (?:at most )?([\d,]+) /, (is, most) => `问题有 ${is} 个字符，最多 ${most} 个，请缩短。`],
  [/^Choose at most (\d+) documents\b/, (most) => `最多选择 ${most} 篇文档，或者选全部文档。`],
  [/^The document has changed since the answer: the cited place is gone\b/, () => "文档在回答之后有改动，引用的地方已经没有了，请重新提问。"],
  // Files that cannot be read.
  [/^is empty \(0 bytes\)/, () => "文件是空的（0 字节）"],
  [/^holds no text\b/, () => "文件里没有文字"],
  [/^has no rows\b/, () => "表格里没有数据行，请每行写一篇"],
  [/^is damaged: open it in Word\b/, () => "文件已损坏：请用 Word 打开并重新保存后再试"],
  [/^is damaged or no PDF\b/, () => "文件已损坏，或者不是 PDF：请打开并重新保存后再试"],
  [/^is damaged\b/, () => "文件已损坏：请打开并重新保存后再试"],
  [/^is encrypted\b|^is protected by a password\b/, () => "文件有密码：请另存一份没有密码的"],
  [/^has (\d+) pages but no text\b/, (pages) => `共 ${pages} 页，但没有文字（是扫描件吗？）：请先做 OCR，例如用 ocrmypdf`],
  [/^is called \.pdf but holds no PDF\b/, () => "名为 .pdf，内容却不是 PDF：请检查文件"],
  [/^is called \.docx but holds no Word file\b/, () => "名为 .docx，内容却不是 Word 文档：请检查文件"],
  [/^is a zip archive or an Office file other than \.docx\b/, () => "是压缩包，或者不是 .docx 的 Office 文件：请解压，或另存为 .docx 或 PDF"],
  [/^is (.+), which cannot be read\. (.+)$/, (kind, step) => `是${(found(kind, KINDS) ?? kind).replace(/^(?=\w)/, " ")}，无法读取：${found(step, STEPS) ?? step}`],
  [/^is binary or in an unknown encoding\b/, () => "是二进制文件，或编码无法识别：请另存为 UTF-8 文本再试"],
  [/^holds no HTML that can be parsed\b/, () => "里面没有能解析的 HTML：请检查文件"],
  [/^is not valid JSON\. /, () => "不是有效的 JSON：请用 JSON 校验工具检查"],
  [/^is not valid JSON \((.+)\)/, (problem) => `不是有效的 JSON（${problem}）：请修改这一行`],
  [/^holds no JSON objects\b/, () => "里面没有 JSON 对象：请写成带有正文字段的对象列表"],
  [/^is no JSON object\b/, () => "不是 JSON 对象：请每行写一个对象"],
  [/^has no text column \(its columns: (.*)\)/, (names) => `没有正文列（现有的列：${names}）：请把其中一列命名为“正文”或 text`],
  [/^has no text: its '(.+)' is empty\b/, (field) => `“${field}”是空的：请填写，或删去这一行`],
  [/^has no text: its '(.+)' is no text\b/, (field) => `“${field}”不是文字：请在那里写正文`],
  [/^has no text \(its fields: (.*)\)/, (names) => `没有正文（现有的字段：${names}）：请把其中一个命名为“正文”或 text`],
  [/^has (\d+) cells, but the header has (\d+)/, (is, wanted) => `有 ${is} 格，而表头有 ${wanted} 格：请给正文加上引号`],
  [/^is longer than 64 MB\b/, () => "超过 64 MB：请每行写一个对象"],
  [/^holds a table of more than 64 MB\b/, () => "里面的表格超过 64 MB：请拆分"],
  [/^has (\d+) MB, more than the (\d+) MB read whole\b/, (is, most) => `有 ${is} MB，超过了一次能读取的 ${most} MB：请拆分`],
  [/^unpacks to (\d+) MB and was not opened\b/, (size) => `解压后有 ${size} MB，没有打开：它是正常的文档吗？`],
  [/^needs too much memory\b/, () => "需要的内存太多：请拆成几个小文件"],
  [/^may not be read \(permission denied\)/, () => "没有读取权限：请修改权限"],
  [/^does not exist\b/, () => "文件不存在：请检查路径"],
  [/^cannot be (?:read|opened) \((.+)\)/, (why) => `无法打开（${why}）`],
  [/^cannot be parsed \((.+)\)/, (why) => `无法解析（${why}）：请另存为其他格式`],
  [/^row (\d+) (.+)$/s, (row, problem) => `第 ${row} 行${found(problem, zh) ?? `：${problem}`}`],
  [/^and (\d+) more like these$/, (more) => `还有 ${more} 处类似的问题`],
  [/^.+: read as (\S+), but (.+)$/s, (encoding, doubt) => `按 ${encoding} 编码读取，但${found(doubt, DOUBTS) ?? `不能确定（${doubt}）`}`],
  // Uploads and the server.
  [/(?:^|: )is larger than (\d+) MiB\.?$/, (most) => `超过了 ${most} MiB`],
  [/^This upload is gone\b/, () => "上传的文件已经不在了，可能是服务器重启过：请重新上传。"],
  [/^Too much at once\. Try again in (\d+) s/, (seconds) => `请求太多，请 ${seconds} 秒后再试。`],
  [/^(.+) is being written by .+\. Wait until it is done\b/s, (index) => `${index} 正在被写入：请等它完成后再试；这期间仍可提问和阅读。`],
  [/^(.+): cannot be written \((.+)\)\./s, (place, why) => `${place}：无法写入（${why}）。请腾出空间或检查权限。`],
  [/^(.+) cannot be written \((.+)\)\. Give the folder\b/s, (index, why) => `${index} 无法写入（${why}）。请给文件夹写入权限，或复制到可以写入的地方。`],
  [/^(.+) was left by a writer that did not end\b/s, (index) => `${index} 上次写入没有结束，只有在可以写入的地方才能读到最后的改动。请给文件夹写入权限，或复制到这样的地方。`],
  [/^(.+): no space left on the disk\b/s, (index) => `${index}：磁盘已满，已完成的部分都在。请腾出空间后再试一次，会接着做完。`],
  // The index.
  [/^(.+): the catalog has gone\b/s, (index) => `${index}：索引不见了，可能被删除或移走。请用 rag index 重新建立。`],
  [/^(.+): there is no index\b/s, (index) => `${index}：这里没有索引。请用 rag index 建立。`],
  [/^(.+) is a file, not an index folder\b/s, (index) => `${index} 是文件，不是索引文件夹。请用 --index 指定文件夹。`],
  [/^(.+) is not an index: it holds (.+) and no \S+\. Name\b/s, (index, stranger) => `${index} 不是索引，里面有 ${stranger}。请用 --index 指定别的文件夹。`],
  [/^(.+) is (?:not an index catalog|an SQLite file of something else)\b/s, (file) => `${file} 不是索引的文件。请用 --index 指定别的文件夹。`],
  [/^(.+) was built with the model (.+), but the settings ask for (.+?)\. .*?(rag index --reembed .+)$/s, (index, is, asked, command) => `${index} 是用模型 ${is} 建立的，而现在的设置是 ${asked}。请改回设置，或运行：${command}`],
  [/^(.+) is damaged \((.+)\)\. .*?(rag doctor .+)$/s, (file, why, command) => `${file} 已损坏（${why}）。还能读的内容可以这样救出：${command}`],
  [/^Something failed inside \((.+)\)/, (kind) => `内部出错（${kind}），终端里有详细信息。`],
];

function found(line, table) {
  for (const [pattern, words] of table) {
    const match = pattern.exec(line);
    if (match) return words(...match.slice(1));
  }
  return null;
}

// t: the texts of the page's language.
export const told = (line, t) => (t.code === "zh-CN" && found(line, zh)) || line;
