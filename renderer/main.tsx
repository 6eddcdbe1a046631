import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import 'dockview-react/dist/styles/dockview.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/notebook.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { queryClient } from './client.ts'
import { cssVariablesResolver, mantineTheme } from './theme.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root.')
createRoot(root).render(
  <MantineProvider theme={mantineTheme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <Notifications position="bottom-right" />
      <App />
    </QueryClientProvider>
  </MantineProvider>,
)

// Nearly every window begins with these two: they load while the engine is being asked what is open.
for (const first of [import('./panels/files/FilesList.tsx'), import('./panels/notebook/NotebookPage.tsx')]) {
  // One that cannot be loaded is told where it is needed.
  first.catch(() => {})
}
