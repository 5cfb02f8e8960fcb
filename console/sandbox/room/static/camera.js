// The picture of one's own camera, where the browser grants it. Nothing is sent anywhere: the service has
// no media servers.

export class OwnCamera {
  constructor() {
    this.stream = null;
  }

  async open() {
    if (this.stream || !navigator.mediaDevices?.getUserMedia) return;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640 }, audio: false });
    } catch {
      this.stream = null;
    }
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  show(video) {
    if (video.srcObject !== this.stream) video.srcObject = this.stream;
    video.hidden = !this.stream;
  }
}
