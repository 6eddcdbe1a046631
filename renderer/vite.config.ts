import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The Content-Security-Policy comes as a header, from the web host and from `app://` alike.
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 6000,
    reportCompressedSize: false,
  },
})
