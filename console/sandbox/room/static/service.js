// The class client's side of /saas/v1: signed bodies, a session, refusals as errors.
// The client signs with MD5, which Web Crypto does not offer; spark-md5 is a script of its own on the page. The
// signature protects nothing here; the session token does.

export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Service {
  constructor(sdkappid, classId) {
    this.sdkappid = sdkappid;
    this.classId = classId;
    this.userId = "";
    this.token = "";
  }

  address(path, text) {
    const query = new URLSearchParams({
      sdkappid: this.sdkappid,
      user_id: this.userId,
      token: this.token,
      random: Math.floor(Math.random() * 2 ** 31),
      sign: SparkMD5.hash(text),
    });
    return `/saas/v1/${path}?${query}`;
  }

  async call(path, body = {}, options = {}) {
    const text = JSON.stringify({ platform: "web", ...body });
    const response = await fetch(this.address(path, text), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
      ...options,
    });
    const answer = await response.json();
    if (answer.error_code !== 0) throw new Refused(answer.error_code, answer.error_msg);
    return answer;
  }

  ofClass(path, body = {}, options = {}) {
    return this.call(path, { class_id: this.classId, ...body }, options);
  }

  report(event, data) {
    return this.ofClass("report/event", data === undefined ? { event } : { event, data });
  }

  async login(userId, secret) {
    const answer = await this.call("user/login", { userid: userId, password: secret });
    this.resume(answer.user_id, answer.token);
  }

  resume(userId, token) {
    this.userId = userId;
    this.token = token;
  }

  async everybody() {
    const people = [];
    let page;
    do {
      page = await this.ofClass("member/runtime/list", { index: people.length, size: 100 });
      people.push(...page.list);
    } while (!page.finish && page.list.length);
    return { ...page, list: people };
  }
}
